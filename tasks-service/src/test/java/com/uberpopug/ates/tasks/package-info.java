/** What the tests of this service share. */
@NullMarked
package com.uberpopug.ates.tasks;

import org.jspecify.annotations.NullMarked;
