/** The attempts to guess a password: how many there may be, by login, address and device. */
@NullMarked
package com.uberpopug.ates.auth.attempt;

import org.jspecify.annotations.NullMarked;
