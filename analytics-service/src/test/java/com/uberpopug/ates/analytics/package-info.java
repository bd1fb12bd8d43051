/** What the tests of this service share. */
@NullMarked
package com.uberpopug.ates.analytics;

import org.jspecify.annotations.NullMarked;
