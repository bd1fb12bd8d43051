/** Owns the users: who they are, what their role is, whether they may come in, and what the other services are told of it. */
@NullMarked
package com.uberpopug.ates.auth.user;

import org.jspecify.annotations.NullMarked;
