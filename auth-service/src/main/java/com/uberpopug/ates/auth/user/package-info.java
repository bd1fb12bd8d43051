/** Owns the users: their profiles, roles and access, and the events about them. */
@NullMarked
package com.uberpopug.ates.auth.user;

import org.jspecify.annotations.NullMarked;
