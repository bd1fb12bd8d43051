package com.uberpopug.ates.localstack;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.localstack.parts.Ports;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The port of each part.
 *
 * @param services by the name of the service
 */
public record StackPorts(int postgres, int kafka, int registry, int mail, int catalogue,
        Map<String, Integer> services) {

    /** The fixed ports in the README and in the services' defaults: the one list of all services. */
    public static final StackPorts STANDARD = new StackPorts(54320, 9092, 8081, 1025, 8085, services(
            Map.entry("auth-service", 9000), Map.entry("tasks-service", 8080), Map.entry("accounting-service", 8082),
            Map.entry("analytics-service", 8083)));

    /** Free ports, for a stack beside others. */
    public static StackPorts free() {
        var services = new LinkedHashMap<>(STANDARD.services());
        services.replaceAll((_, _) -> Ports.free());
        return new StackPorts(Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.free(), services);
    }

    /** The port of the service with this name. */
    int of(String service) {
        return requireNonNull(services.get(service), service);
    }

    @SafeVarargs
    private static Map<String, Integer> services(Map.Entry<String, Integer>... ports) {
        var services = new LinkedHashMap<String, Integer>();
        List.of(ports).forEach(port -> services.put(port.getKey(), port.getValue()));
        return Collections.unmodifiableMap(services);
    }
}
