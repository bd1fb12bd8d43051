/** Owns the sign-on sessions: their public names, their authorizations and clients, and the ways in which they end. */
@NullMarked
package com.uberpopug.ates.auth.session;

import org.jspecify.annotations.NullMarked;
