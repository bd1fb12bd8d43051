package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.Ports;

/** Where each part listens. */
public record StackPorts(int postgres, int kafka, int registry, int auth, int tasks, int accounting, int analytics,
        int mail) {

    /** Those that the README and the services' own defaults name. */
    public static final StackPorts STANDARD = new StackPorts(54320, 9092, 8081, 9000, 8080, 8082, 8083, 1025);

    /** Free ones, for a stack beside others. */
    public static StackPorts free() {
        return new StackPorts(Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.free(),
                Ports.free(), Ports.free());
    }
}
