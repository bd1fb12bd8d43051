/** Completed tasks and what they were rewarded with: which was the most expensive. */
@NullMarked
package com.uberpopug.ates.analytics.task;

import org.jspecify.annotations.NullMarked;
