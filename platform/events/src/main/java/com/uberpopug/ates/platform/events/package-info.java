/** Shared by the whole event pipeline: its health, failures that pass, ids, recurring jobs and cached gauges. */
@NullMarked
package com.uberpopug.ates.platform.events;

import org.jspecify.annotations.NullMarked;
