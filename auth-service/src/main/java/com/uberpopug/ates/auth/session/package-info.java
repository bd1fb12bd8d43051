/** Owns the sign-on sessions: what they are called outside, what belongs to them, and how all of it ends. */
@NullMarked
package com.uberpopug.ates.auth.session;

import org.jspecify.annotations.NullMarked;
