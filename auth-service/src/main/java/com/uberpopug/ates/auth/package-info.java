/** Starts the service; what it does is in the features beside this file: {@code user}, {@code signin} and {@code oidc}. */
@NullMarked
package com.uberpopug.ates.auth;

import org.jspecify.annotations.NullMarked;
