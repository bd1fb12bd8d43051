/** Everything that management watches, at a glance. */
@NullMarked
package com.uberpopug.ates.analytics.dashboard;

import org.jspecify.annotations.NullMarked;
