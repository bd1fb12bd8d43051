package com.uberpopug.ates.benchmarks;

import java.util.List;

/** One thing to measure; what it starts, it leaves to end with this JVM. */
interface Benchmark {

    void run(Figures figures) throws Exception;

    /** What the JVMs of the parts are told beside what they are always told. */
    default List<String> javaOptions() {
        return List.of();
    }
}
