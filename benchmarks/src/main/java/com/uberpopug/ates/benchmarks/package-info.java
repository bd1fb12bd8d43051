/** Measures the system, each figure beside the ceiling that the same run finds for it; nothing here passes or fails by a time. */
@NullMarked
package com.uberpopug.ates.benchmarks;

import org.jspecify.annotations.NullMarked;
