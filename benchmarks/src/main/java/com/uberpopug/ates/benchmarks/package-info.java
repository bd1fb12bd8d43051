/** Measures the system, each figure with the ceiling that the same run finds for it; no time is asserted. */
@NullMarked
package com.uberpopug.ates.benchmarks;

import org.jspecify.annotations.NullMarked;
