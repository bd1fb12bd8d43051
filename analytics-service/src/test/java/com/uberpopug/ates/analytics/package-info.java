/** The shared foundation of this service's tests. */
@NullMarked
package com.uberpopug.ates.analytics;

import org.jspecify.annotations.NullMarked;
