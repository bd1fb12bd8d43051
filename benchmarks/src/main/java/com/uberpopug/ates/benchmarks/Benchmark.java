package com.uberpopug.ates.benchmarks;

/** One thing to measure; what it starts, it leaves to end with this JVM. */
interface Benchmark {

    void run(Figures figures) throws Exception;
}
