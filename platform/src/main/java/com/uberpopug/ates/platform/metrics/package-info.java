/** Figures that cost something to know. */
@NullMarked
package com.uberpopug.ates.platform.metrics;

import org.jspecify.annotations.NullMarked;
