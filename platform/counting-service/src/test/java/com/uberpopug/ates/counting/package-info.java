/** A small service for the tests of the platform. */
@NullMarked
package com.uberpopug.ates.counting;

import org.jspecify.annotations.NullMarked;
