package com.uberpopug.ates.localstack;

/** Where each part listens; 0 is a free port of the part's own choice. */
public record StackPorts(int postgres, int kafka, int registry, int auth, int tasks, int accounting, int analytics) {

    /** Those that the README and the services' own defaults name. */
    public static final StackPorts STANDARD = new StackPorts(54320, 9092, 8081, 9000, 8080, 8082, 8083);

    /** For a stack beside others. */
    public static final StackPorts ANY = new StackPorts(0, 0, 0, 0, 0, 0, 0);
}
