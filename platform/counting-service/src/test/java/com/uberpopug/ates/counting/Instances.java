package com.uberpopug.ates.counting;

import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Instances of the service as processes, on one database, with what they announce. */
abstract class Instances {

    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final List<Instance> instances = new ArrayList<>();

    @TempDir
    Path directory;
    Database database;
    Announced announced;
    Connection db;

    /** Not with the test: JUnit makes one for a disabled test, too, and closes nothing of it. */
    @BeforeEach
    void connect() throws SQLException {
        database = OwnParts.PARTS.createMigratedDatabase("counting");
        announced = new Announced(OwnParts.PARTS);
        db = OwnParts.PARTS.postgres().connect(database.jdbcUrl().replaceFirst(".*/", ""));
    }

    @AfterEach
    void stop() throws SQLException {
        instances.forEach(Instance::close);
        announced.close();
        db.close();
    }

    /** Starts one more, until the end of the test. */
    Instance start(Map<String, String> properties, String... flags) {
        var instance = new Instance(OwnParts.PARTS, database,
                directory.resolve("counting-" + instances.size() + ".log"), properties, flags);
        instances.add(instance);
        return instance;
    }
}
