package com.uberpopug.ates.benchmarks;

/** A benchmark; its processes end with this JVM. */
interface Benchmark {

    void run(Figures figures) throws Exception;
}
