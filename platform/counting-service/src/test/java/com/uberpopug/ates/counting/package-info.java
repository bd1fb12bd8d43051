/** A service small enough to be read in a minute, for the tests of what all services share. */
@NullMarked
package com.uberpopug.ates.counting;

import org.jspecify.annotations.NullMarked;
