package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.Ports;

/** The port of each part. */
public record StackPorts(int postgres, int kafka, int registry, int auth, int tasks, int accounting, int analytics,
        int mail) {

    /** The fixed ports in the README and in the services' defaults. */
    public static final StackPorts STANDARD = new StackPorts(54320, 9092, 8081, 9000, 8080, 8082, 8083, 1025);

    /** Free ports, for a stack beside others. */
    public static StackPorts free() {
        return new StackPorts(Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.free(),
                Ports.free(), Ports.free());
    }
}
