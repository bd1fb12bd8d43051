/** Owns the OpenID Connect provider: its clients, its signing key, what its tokens say and how long they are kept. */
@NullMarked
package com.uberpopug.ates.auth.oidc;

import org.jspecify.annotations.NullMarked;
