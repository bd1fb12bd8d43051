package com.uberpopug.ates.localstack.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTests {
    @TempDir
    static Path home;

    private static PostgresServer postgres;
    private static KafkaServer kafka;
    private static RegistryServer registry;

    @BeforeAll
    static void start() {
        postgres = new PostgresServer(home, 0);
        postgres.start();
        var principals = new Principals(home, List.of("parrot"));
        kafka = new KafkaServer(home, 0, principals);
        kafka.start();
        registry = new RegistryServer(home, 0, postgres.createDatabase("registry"), principals);
        registry.start();
    }

    @AfterAll
    static void stop() {
        Stream.of(registry, kafka, postgres).forEach(Part::close);
    }

    @Test
    void committed_rows_survive_a_kill_of_postgres() throws SQLException {
        var database = postgres.createDatabase("killed");
        execute(database, database.owner(), "create table eggs (id int)");
        execute(database, database.service(), "insert into eggs values (1)");
        var pid = postgres.pid();

        postgres.kill();
        postgres.start();

        assertThat(postgres.pid()).isNotEqualTo(pid);
        try (var connection = signIn(database, database.service());
                var count = connection.createStatement().executeQuery("select count(*) from eggs")) {
            count.next();
            assertThat(count.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void topics_and_records_survive_a_kill_of_kafka() throws Exception {
        try (var admin = Admin.create(kafka.client(Principals.ADMIN, Map.of()))) {
            admin.createTopics(List.of(new NewTopic("eggs", 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        try (var producer = new KafkaProducer<>(kafka.client(Principals.ADMIN, Map.of()),
                new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("eggs", "key", "egg")).get(30, TimeUnit.SECONDS);
        }

        kafka.kill();
        kafka.start();

        try (var consumer = new KafkaConsumer<>(
                kafka.client(Principals.ADMIN, Map.of("auto.offset.reset", "earliest")),
                new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(Set.of(new TopicPartition("eggs", 0)));
            assertThat(consumer.poll(Duration.ofSeconds(30))).singleElement()
                    .satisfies(received -> assertThat(received.value()).isEqualTo("egg"));
        }
    }

    /** Whoever gets in there could give anybody any right. */
    @Test
    void controller_of_kafka_lets_no_client_in() {
        var address = "localhost:" + kafka.controllerPort();
        var asAdmin = new HashMap<>(kafka.client(Principals.ADMIN, Map.of("bootstrap.controllers", address)));
        asAdmin.remove("bootstrap.servers");
        for (var config : List.of(asAdmin, Map.<String, Object>of("bootstrap.controllers", address,
                "request.timeout.ms", 2_000, "default.api.timeout.ms", 2_000))) {
            try (var admin = Admin.create(config)) {
                assertThatThrownBy(() -> admin.describeCluster().nodes().get(30, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class);
            }
        }
    }

    @Test
    void schemas_keep_their_ids_after_a_kill_of_the_registry() throws Exception {
        var schema = """
                {"schema": "{\\"type\\": \\"record\\", \\"name\\": \\"Egg\\", \\"fields\\": []}"}
                """;
        var registered = http("POST", "/subjects/eggs/versions", schema);
        assertThat(registered.statusCode()).isEqualTo(200);

        registry.kill();
        registry.start();

        assertThat(http("POST", "/subjects/eggs/versions", schema).body()).isEqualTo(registered.body());
    }

    /** What docs/events/how-to-change-an-event.md says of docs. */
    @Test
    void reworded_schema_keeps_its_id_and_its_first_words() throws Exception {
        var schema = """
                {"schema": "{\\"type\\": \\"record\\", \\"name\\": \\"Nest\\", \\"doc\\": \\"A nest.\\", \\"fields\\": []}"}
                """;
        // With new connections: another test may have taken the database away.
        registry.kill();
        registry.start();
        var first = http("POST", "/subjects/nests/versions", schema);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);

        var reworded = http("POST", "/subjects/nests/versions", schema.replace("A nest.", "A home."));

        assertThat(reworded.statusCode()).as(reworded.body()).isEqualTo(200);
        assertThat(reworded.body()).isEqualTo(first.body());
        assertThat(http("GET", "/subjects/nests/versions", "").body()).isEqualTo("[1]");
        assertThat(http("GET", "/subjects/nests/versions/1", "").body()).contains("A nest.");
    }

    @Test
    void paused_postgres_answers_again_after_the_resume() throws SQLException {
        postgres.pause();
        assertThatThrownBy(() -> postgres.connect("postgres")).isInstanceOf(SQLException.class);
        postgres.resume();
        try (var connection = postgres.connect("postgres")) {
            assertThat(connection.isValid(10)).isTrue();
        }
    }

    @Test
    void service_role_is_limited_to_its_own_database_and_creates_no_tables() throws SQLException {
        var own = postgres.createDatabase("own");
        var other = postgres.createDatabase("other");
        assertThat(postgres.createDatabase("own")).isEqualTo(own);

        execute(own, own.owner(), "create table nests (id bigint generated always as identity, twigs int)");
        execute(own, own.service(), "insert into nests (twigs) values (3)");
        execute(own, own.service(), "update nests set twigs = 4");
        execute(own, own.service(), "delete from nests");
        assertThatThrownBy(() -> execute(own, own.service(), "create table burrows (id int)"))
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> execute(own, own.service(), "truncate nests"))
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> signIn(other, own.service())).hasMessageContaining("permission denied for database");
        assertThatThrownBy(() -> signIn(other, own.owner())).hasMessageContaining("permission denied for database");
        assertThatThrownBy(() -> signIn(own, new PostgresServer.Login("own_service", "guessed")))
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void directory_and_key_to_all_passwords_are_readable_by_their_owner_only() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home))).isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("secret"))))
                .isEqualTo("rw-------");
        assertThat(Secrets.in(home).of("tasks_owner")).isEqualTo(Secrets.in(home).of("tasks_owner"))
                .isNotEqualTo(Secrets.in(home).of("tasks_service"));
    }

    /** Root's children have no more rights than any other user of the machine; without root there is nothing to lose. */
    @Test
    void superuser_of_postgres_reaches_nothing_of_the_user_who_started_it() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")));
        try (var superuser = postgres.connect("postgres"); var statement = superuser.createStatement()) {
            for (var file : List.of("/etc/shadow", home.resolve("secret").toString(),
                    home.resolve("log/postgres.log").toString())) {
                assertThatThrownBy(() -> statement.executeQuery("select pg_read_file('" + file + "')")).as(file)
                        .hasMessageContaining("Permission denied");
            }
            assertThatThrownBy(() -> statement.execute("copy (select 1) to '/etc/ates'"))
                    .hasMessageContaining("Permission denied");
            statement.execute("create temporary table status (line text)");
            // The descriptor of the data directory is no way out of it.
            statement.execute("copy status from program 'cat /proc/self/fd/9/../secret 2>&1 || true'");
            try (var rows = statement.executeQuery("delete from status returning line")) {
                rows.next();
                assertThat(rows.getString(1)).endsWith("/../secret: Permission denied");
            }
            statement.execute(
                    "copy status from program 'grep -E \"^(Uid|Gid|Groups|Cap|NoNewPrivs)\" /proc/self/status"
                            + " | tr \"\\t\" \" \"'");
            try (var rows = statement.executeQuery("select string_agg(line, E'\n') from status")) {
                rows.next();
                assertThat(rows.getString(1).replaceAll("[\t ]+", " ").replaceAll(" *\n", "\n")).isEqualTo("""
                        Uid: 65534 65534 65534 65534
                        Gid: 65534 65534 65534 65534
                        Groups:
                        CapInh: 0000000000000000
                        CapPrm: 0000000000000000
                        CapEff: 0000000000000000
                        CapBnd: 0000000000000000
                        CapAmb: 0000000000000000
                        NoNewPrivs: 1""");
            }
        }
    }

    @Test
    void data_of_an_earlier_version_which_belong_to_root_are_started(@TempDir Path elsewhere) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")));
        try (var server = new PostgresServer(elsewhere, 0, false)) {
            server.start();
            server.stop();
            try (var files = Files.walk(elsewhere.resolve("postgres"))) {
                for (var file : files.toList()) {
                    Files.setAttribute(file, "unix:uid", 0, LinkOption.NOFOLLOW_LINKS);
                }
            }
            server.start();
            assertThat(server.health()).isEqualTo(Part.HEALTHY);
        }
    }

    @Test
    void directory_is_open_to_all_if_all_of_its_parents_are(@TempDir Path directory) throws IOException {
        var inner = Files.createDirectories(directory.resolve("outer/inner"));
        for (var each : List.of(directory, directory.resolve("outer"), inner)) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertThat(LocalStackFiles.isOpenToAll(inner)).isTrue();
        Files.setPosixFilePermissions(directory.resolve("outer"), PosixFilePermissions.fromString("rwx------"));
        assertThat(LocalStackFiles.isOpenToAll(inner)).isFalse();
    }

    @Test
    void part_that_cannot_start_reports_the_reason(@TempDir Path elsewhere) throws IOException {
        try (var occupied = new ServerSocket(Ports.free())) {
            assertThatThrownBy(new PostgresServer(elsewhere, occupied.getLocalPort())::start)
                    .isInstanceOf(PartFailedException.class).hasMessageContaining("postgres died with exit code 1")
                    .hasMessageContaining("Address already in use");
        }
    }

    @Test
    void part_waits_for_a_port_held_by_an_outgoing_connection(@TempDir Path elsewhere) throws Exception {
        var loopback = InetAddress.getByName("127.0.0.1");
        try (var server = new ServerSocket(0, 1, loopback);
                var connection = new Socket(loopback, server.getLocalPort(), loopback, Ports.free());
                var mail = new MailSink(elsewhere, connection.getLocalPort())) {
            var accepted = server.accept();
            var started = CompletableFuture.runAsync(mail::start);
            // Longer than the part would need to find the port taken and fail.
            assertThatThrownBy(() -> started.get(3, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);

            // The side that closes first keeps its port for a while.
            accepted.close();
            connection.close();

            assertThat(started).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    @Test
    void programs_of_postgres_are_open_to_all_users_whatever_the_umask_is(@TempDir Path directory) throws Exception {
        var unpacking = new ProcessBuilder("sh", "-c", "umask 077; exec \"$@\"", "unpack",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), Unpacking.class.getName(),
                directory.toString()).inheritIO();
        unpacking.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        assertThat(unpacking.start().waitFor()).isZero();
        try (var files = Files.walk(directory)) {
            assertThat(files.filter(file -> !Files.isSymbolicLink(file))).isNotEmpty().allSatisfy(file -> {
                var open = Files.getPosixFilePermissions(file);
                assertThat(open).as("%s", file).contains(PosixFilePermission.OTHERS_READ);
                assertThat(open.contains(PosixFilePermission.OTHERS_EXECUTE)).as("%s", file)
                        .isEqualTo(open.contains(PosixFilePermission.OWNER_EXECUTE));
            });
        }
    }

    @Test
    void part_never_outlives_a_killed_parent(@TempDir Path elsewhere) throws Exception {
        var parent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                OrphanedParent.class.getName(), elsewhere.toString()).redirectError(ProcessBuilder.Redirect.INHERIT);
        parent.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        var started = parent.start();
        var parts = Stream.of(started.inputReader().readLine().split(" ")).map(Long::parseLong).map(ProcessHandle::of)
                .flatMap(Optional::stream).toList();
        assertThat(parts).hasSize(3);

        started.destroyForcibly();

        for (var part : parts) {
            part.onExit().get(ChildProcess.STOPS_WITHIN.toSeconds() + 60, TimeUnit.SECONDS);
        }
    }

    private static Connection signIn(PostgresServer.Database database, PostgresServer.Login login) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), login.user(), login.password());
    }

    private static void execute(PostgresServer.Database database, PostgresServer.Login login, String sql)
            throws SQLException {
        try (var connection = signIn(database, login); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static HttpResponse<String> http(String method, String path, String body) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(registry.url() + path))
                    .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                    .header("Authorization", registry.authorization(Principals.ADMIN))
                    .method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
