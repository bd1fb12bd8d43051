package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL 18 with password authentication, reachable by TCP from this machine only. */
public final class PostgresServer extends Part {
    private static final String SUPERUSER = "postgres";
    /** Enough connections for a demo beside everything else on the same machine. */
    private static final int BUFFERS_MB = 64;
    /**
     * PostgreSQL's checkpoint settings for a busy server: after each checkpoint, the first change of a page logs the
     * whole page.
     */
    private static final int MAX_WAL_MB = 1_024;
    private static final String INVALID_PASSWORD = "28P01";

    /**
     * Ways for root to run PostgreSQL, which refuses to run as root; the first still reaches directories below root's
     * home.
     */
    private static final List<List<String>> WAYS_OUT_OF_ROOT = List.of(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_override",
                    "--ambient-caps=+dac_override"),
            List.of("unshare", "-U"));

    private final Path data;
    private final boolean durable;
    private final int buffersMb;
    private final Secrets secrets;

    /** A login of a database. */
    public record Login(String user, String password) {
    }

    /** One service's database: the owner migrates it, the service's role reads and writes. */
    public record Database(String jdbcUrl, Login owner, Login service) {
    }

    /** A server whose commits survive a power failure. */
    public PostgresServer(Path home, int port) {
        this(home, port, true);
    }

    /**
     * @param durable false trades durability after a power failure for speed; commits survive a killed server in both
     *     cases
     */
    public PostgresServer(Path home, int port, boolean durable) {
        this(home, port, durable, BUFFERS_MB);
    }

    /**
     * @param buffersMb size in MiB of the shared buffers: a quarter of a dedicated machine's memory; the log between
     *     two checkpoints may be four times as large
     */
    public PostgresServer(Path home, int port, boolean durable, int buffersMb) {
        super("postgres", home, port);
        this.data = home().resolve("postgres");
        this.durable = durable;
        this.buffersMb = buffersMb;
        this.secrets = Secrets.in(home());
    }

    @Override
    public String address() {
        return "localhost:" + port();
    }

    /** Creates the database and its two roles by {@code database.sql}; existing ones stay unchanged. */
    public Database createDatabase(String name) {
        var database = database(name);
        try {
            PsqlScript.ofResource("database.sql").run(this::connect,
                    Map.of("database", name, "owner", database.owner.user, "owner_password", database.owner.password,
                            "service", database.service.user, "service_password", database.service.password));
        } catch (SQLException e) {
            throw new PartFailedException("database " + name + " cannot be created: " + e.getMessage(), e);
        }
        return database;
    }

    /** The address and logins of the database with this name, created or not. */
    public Database database(String name) {
        return new Database(jdbcUrl(name), login(name + "_owner"), login(name + "_service"));
    }

    /** A connection as superuser. */
    public Connection connect(String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", secrets.of(SUPERUSER));
        // A frozen server still accepts connections, and then sends nothing.
        properties.setProperty("loginTimeout", "5");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Stopped in order even here, because a killed server leaves its shared memory behind. */
    @Override
    public void abandon() {
        close();
    }

    @Override
    ChildProcess launch() {
        var binaries = binaries();
        var prefix = outOfRoot();
        if (!Files.exists(data)) {
            initialise(binaries, prefix);
        }
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-D", data.toString()));
        settings().forEach((setting, value) -> command.addAll(List.of("-c", setting + "=" + value)));
        // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        return ChildProcess.start(name(), log(), "INT", Map.of(), command);
    }

    @Override
    boolean isReady() throws SQLException {
        try (var connection = connect("postgres")) {
            return connection.isValid(2);
        } catch (SQLException e) {
            if (INVALID_PASSWORD.equals(e.getSQLState())) {
                throw new PartFailedException(
                        "PostgreSQL's data in " + data + " belongs to another key than the one in "
                                + home().resolve("secret") + ": restore that key, or start with --fresh",
                        e);
            }
            throw e;
        }
    }

    private Map<String, String> settings() {
        var durability = durable ? "on" : "off";
        return Map.ofEntries(Map.entry("listen_addresses", "127.0.0.1"), Map.entry("port", Integer.toString(port())),
                Map.entry("unix_socket_directories", ""), Map.entry("max_connections", "200"),
                Map.entry("shared_buffers", buffersMb + "MB"),
                Map.entry("max_wal_size", Math.max(MAX_WAL_MB, 4 * buffersMb) + "MB"), Map.entry("fsync", durability),
                Map.entry("synchronous_commit", durability), Map.entry("full_page_writes", durability),
                Map.entry("timezone", "UTC"), Map.entry("log_timezone", "UTC"));
    }

    private void initialise(Path binaries, List<String> prefix) {
        // Under a temporary name until complete, so that an interrupted initialisation starts over.
        var unfinished = data.resolveSibling("postgres.unfinished");
        var password = home().resolve("postgres.password");
        try {
            LocalStackFiles.deleteRecursively(unfinished);
            Files.deleteIfExists(password);
            Files.createFile(password,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(password, secrets.of(SUPERUSER));
            var command = new ArrayList<>(prefix);
            command.addAll(
                    List.of(binaries.resolve("bin/initdb").toString(), "-D", unfinished.toString(), "-U", SUPERUSER,
                            "--pwfile=" + password, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
                            "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
            if (!durable) {
                command.add("--no-sync");
            }
            ChildProcess.start("initdb", log(), "TERM", Map.of(), command).awaitSuccess(Duration.ofMinutes(2));
            Files.move(unfinished, data);
            Files.delete(password);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Login login(String role) {
        return new Login(role, secrets.of(role));
    }

    private String jdbcUrl(String database) {
        return "jdbc:postgresql://localhost:" + port() + "/" + database;
    }

    /** The programs, unpacked once beside the compiled classes, in a directory named after system and version. */
    private static Path binaries() {
        var mac = System.getProperty("os.name").startsWith("Mac");
        var arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("aarch64|arm64");
        var archive = "/postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
        var jar = Objects.requireNonNull(PostgresServer.class.getResource(archive), archive).getPath()
                .split("\\.jar!")[0];
        var target = LocalStackFiles.target(jar.substring(jar.lastIndexOf('/') + 1));
        if (Files.exists(target)) {
            return target;
        }
        try (var packed = Objects.requireNonNull(PostgresServer.class.getResourceAsStream(archive))) {
            var unfinished = Files.createTempDirectory(target.getParent(), "postgres");
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            untar(packed, unfinished);
            try {
                Files.move(unfinished, target);
            } catch (FileSystemException _) {
                // Another process was faster.
                LocalStackFiles.deleteRecursively(unfinished);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void untar(InputStream packed, Path directory) throws IOException {
        var tar = new ProcessBuilder("tar", "-x", "--no-same-owner", "-C", directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
        try (var unpacked = new XZInputStream(packed); var input = tar.getOutputStream()) {
            unpacked.transferTo(input);
        }
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar could not unpack PostgreSQL into " + directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static List<String> outOfRoot() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        return WAYS_OUT_OF_ROOT.stream().filter(PostgresServer::works).findFirst()
                .orElseThrow(() -> new PartFailedException(
                        "PostgreSQL refuses to run as root, and neither setpriv nor unshare works: use another user"));
    }

    private static boolean works(List<String> prefix) {
        var command = new ArrayList<>(prefix);
        command.add("true");
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
