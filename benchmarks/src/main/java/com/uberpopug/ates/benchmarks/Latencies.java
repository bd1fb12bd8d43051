package com.uberpopug.ates.benchmarks;

import java.util.Arrays;

/** How long each of many took. */
final class Latencies {

    private final long[] sortedNanos;

    Latencies(long[] nanos) {
        sortedNanos = nanos.clone();
        Arrays.sort(sortedNanos);
    }

    /** The time within which this percentage was through, by nearest rank, in milliseconds. */
    double millis(double percentile) {
        int rank = (int) Math.ceil(percentile / 100 * sortedNanos.length);
        return sortedNanos[Math.max(rank, 1) - 1] / 1e6;
    }
}
