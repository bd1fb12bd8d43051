/** Owns the dashboard of the management's figures. */
@NullMarked
package com.uberpopug.ates.analytics.dashboard;

import org.jspecify.annotations.NullMarked;
