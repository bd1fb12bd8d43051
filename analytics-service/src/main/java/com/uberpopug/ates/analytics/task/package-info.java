/** Owns completed tasks with their rewards, and finds the most expensive one. */
@NullMarked
package com.uberpopug.ates.analytics.task;

import org.jspecify.annotations.NullMarked;
