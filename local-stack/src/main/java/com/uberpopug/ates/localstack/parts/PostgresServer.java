package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
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

    /** The user nobody, as whom root runs PostgreSQL, which refuses to run as root. */
    private static final int NOBODY = 65_534;
    /** Without any right that other users do not have; so it reaches no file of root's, whatever its superuser asks. */
    private static final List<String> AS_NOBODY = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY,
            "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs");
    /**
     * Opens the data directory and the password's file as root: below a directory that only root may enter, nobody could
     * not. The first argument is the one, the second the other.
     */
    private static final String OPEN = "exec 9< \"$1\" 8< \"$2\"; shift 2; exec \"$@\"";
    private static final Path OPEN_DATA = Path.of("/proc/self/fd/9");
    private static final Path OPEN_PASSWORD = Path.of("/proc/self/fd/8");
    /** Where programs are unpacked that nobody could not reach otherwise. */
    private static final Path FOR_ALL_USERS = Path.of("/var/tmp");

    private final String host;
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
        this("localhost", home, port, durable, buffersMb);
    }

    private PostgresServer(String host, Path home, int port, boolean durable, int buffersMb) {
        super("postgres", home, port);
        this.host = host;
        this.data = home().resolve("postgres");
        this.durable = durable;
        this.buffersMb = buffersMb;
        this.secrets = Secrets.in(home());
    }

    /** A server that runs elsewhere, with the passwords of this directory's secret. */
    public static PostgresServer at(String host, int port, Path home) {
        return new PostgresServer(host, home, port, true, BUFFERS_MB);
    }

    @Override
    public String address() {
        return host + ":" + port();
    }

    /** The login that creates databases. */
    public Login superuser() {
        return login(SUPERUSER);
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

    /** The comment of a database, which ends with it; empty without one. */
    public Optional<String> comment(String database) {
        return text("select shobj_description(oid, 'pg_database') from pg_database where datname = ?", database);
    }

    /** Sets the comment of a database. */
    public void comment(String database, String text) {
        var command = text("select format('comment on database %I is %L', ?, ?)", database, text).orElseThrow();
        try (var connection = connect("postgres"); var statement = connection.createStatement()) {
            statement.execute(command);
        } catch (SQLException e) {
            throw new PartFailedException("database " + database + " cannot be commented: " + e.getMessage(), e);
        }
    }

    private Optional<String> text(String query, String... parameters) {
        try (var connection = connect("postgres"); var statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new PartFailedException("database " + parameters[0] + " cannot be read: " + e.getMessage(), e);
        }
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
        var root = isRoot();
        var binaries = binaries(root);
        if (!Files.exists(data)) {
            initialise(binaries, root);
        }
        var command = new ArrayList<String>();
        if (root) {
            giveToNobody(data);
            command.addAll(asNobody(data, data));
        }
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-D",
                (root ? OPEN_DATA : data).toString()));
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

    private void initialise(Path binaries, boolean root) {
        // Under a temporary name until complete, so that an interrupted initialisation starts over.
        var unfinished = data.resolveSibling("postgres.unfinished");
        var password = home().resolve("postgres.password");
        try {
            LocalStackFiles.deleteRecursively(unfinished);
            Files.deleteIfExists(password);
            Files.createFile(password,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(password, secrets.of(SUPERUSER));
            Files.createDirectory(unfinished,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var command = new ArrayList<String>();
            if (root) {
                giveToNobody(unfinished);
                giveToNobody(password);
                command.addAll(asNobody(unfinished, password));
            }
            command.addAll(
                    List.of(binaries.resolve("bin/initdb").toString(), "-D",
                            (root ? OPEN_DATA : unfinished).toString(), "-U", SUPERUSER,
                            "--pwfile=" + (root ? OPEN_PASSWORD : password), "--auth=scram-sha-256", "--encoding=UTF8",
                            "--locale=C",
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
        return "jdbc:postgresql://" + host + ":" + port() + "/" + database;
    }

    /**
     * The programs, unpacked once beside the compiled classes, in a directory named after system and version; or for all
     * users, if nobody has to run them and may not enter that directory.
     */
    private static Path binaries(boolean forNobody) {
        var archive = archive();
        var jar = Objects.requireNonNull(PostgresServer.class.getResource(archive), archive).getPath()
                .split("\\.jar!")[0];
        var name = jar.substring(jar.lastIndexOf('/') + 1);
        var target = LocalStackFiles.target(name);
        if (forNobody && !LocalStackFiles.isOpenToAll(Objects.requireNonNull(target.getParent()))) {
            target = FOR_ALL_USERS.resolve("ates-" + name);
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            // Anybody could have put something there before.
            if (target.startsWith(FOR_ALL_USERS) && !isOnlyRoots(target)) {
                throw new PartFailedException(target + " is not root's alone: remove it");
            }
            return target;
        }
        try {
            var unfinished = Files.createTempDirectory(target.getParent(), "postgres");
            unpack(unfinished);
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

    private static String archive() {
        var mac = System.getProperty("os.name").startsWith("Mac");
        var arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("aarch64|arm64");
        return "/postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
    }

    /** Unpacks the programs for all users, whatever the umask is: the archive does not name all of its directories. */
    static void unpack(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var tar = new ProcessBuilder("sh", "-c", "umask 022; exec tar -x -p --no-same-owner -C \"$1\"", "tar",
                directory.toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
        try (var packed = Objects.requireNonNull(PostgresServer.class.getResourceAsStream(archive()));
                var unpacked = new XZInputStream(packed);
                var input = tar.getOutputStream()) {
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

    private static boolean isRoot() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return false;
        }
        if (!works(AS_NOBODY)) {
            throw new PartFailedException(
                    "PostgreSQL refuses to run as root, and setpriv (of util-linux) does not work: use another user");
        }
        return true;
    }

    private static List<String> asNobody(Path data, Path password) {
        return Stream.concat(Stream.of("sh", "-c", OPEN, "postgres", data.toString(), password.toString()),
                AS_NOBODY.stream()).toList();
    }

    /** Also data of earlier versions, which belong to root. */
    private static void giveToNobody(Path path) {
        try {
            if (Files.getAttribute(path, "unix:uid").equals(NOBODY)) {
                return;
            }
            try (var files = Files.walk(path)) {
                // The directory itself last, so that an interrupted change starts over.
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.setAttribute(file, "unix:gid", NOBODY, LinkOption.NOFOLLOW_LINKS);
                    Files.setAttribute(file, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOnlyRoots(Path directory) {
        try {
            return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(0)
                    && Collections.disjoint(Files.getPosixFilePermissions(directory),
                            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
