/** Starts the service; the features stand beside this package: {@code user}, {@code signin} and {@code oidc}. */
@NullMarked
package com.uberpopug.ates.auth;

import org.jspecify.annotations.NullMarked;
