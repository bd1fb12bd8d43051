/** Owns the OpenID Connect provider: its clients, its signing keys, the tokens' claims and their lifetimes. */
@NullMarked
package com.uberpopug.ates.auth.oidc;

import org.jspecify.annotations.NullMarked;
