/** What management watches, projected from the events that the other services announce. */
@NullMarked
package com.uberpopug.ates.analytics;

import org.jspecify.annotations.NullMarked;
