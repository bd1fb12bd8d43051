package com.uberpopug.ates.localstack.parts;

import java.nio.file.Path;
import java.util.List;

/** The main class of a process that starts the parts, prints their pids and waits to be killed. */
final class OrphanedParent {

    private OrphanedParent() {
    }

    public static void main(String[] arguments) throws Exception {
        var home = Path.of(arguments[0]);
        var postgres = new PostgresServer(home, 0, false);
        postgres.start();
        var principals = new Principals(home, List.of());
        var registry = new RegistryServer(home, 0, postgres.createDatabase("registry"), principals);
        registry.start();
        var kafka = new KafkaServer(home, 0, principals);
        kafka.start();
        System.out.println(postgres.pid() + " " + registry.pid() + " " + kafka.pid());
        Thread.sleep(Long.MAX_VALUE);
    }
}
