/** Owns the rebuild of all projections from the topics, and their check. */
@NullMarked
package com.uberpopug.ates.analytics.projection;

import org.jspecify.annotations.NullMarked;
