/** Owns the tests of the programs beside it: each is run as another team would run it. */
@NullMarked
package com.uberpopug.ates.examples;

import org.jspecify.annotations.NullMarked;
