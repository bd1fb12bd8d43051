package com.uberpopug.ates.localstack.parts;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Who may sign in to Kafka and to the schema registry, each with one password for both. */
public final class Principals {
    /** May do everything: creates topics, sets rights, registers schemas. */
    public static final String ADMIN = "admin";

    private final Secrets secrets;
    private final List<String> names;

    /** @param names of clients beside {@link #ADMIN}: each reads schemas, and has no right in Kafka without an ACL */
    public Principals(Path home, Collection<String> names) {
        this.secrets = Secrets.in(home);
        this.names = Stream.concat(Stream.of(ADMIN), names.stream()).toList();
    }

    List<String> names() {
        return names;
    }

    String password(String name) {
        return secrets.of("kafka as " + name);
    }
}
