package com.uberpopug.ates.localstack.parts;

import java.nio.file.Path;

/** Unpacks PostgreSQL's programs, for {@link PartsTests}. */
final class Unpacking {

    private Unpacking() {
    }

    public static void main(String[] arguments) throws Exception {
        PostgresServer.unpack(Path.of(arguments[0]));
    }
}
