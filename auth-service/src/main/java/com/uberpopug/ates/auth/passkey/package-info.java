/** Owns passkeys: how they are registered and removed, how people sign in with them, and who needs one. */
@NullMarked
package com.uberpopug.ates.auth.passkey;

import org.jspecify.annotations.NullMarked;
