package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.PostgresServer.Login;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which passwords the running processes know, and which of them other users of the machine can see. */
@OfLocalStack
@EnabledOnOs(OS.LINUX)
class SecretsOfProcessesTests {

    private static final List<String> DATABASES = List.of("auth", "tasks", "accounting", "analytics");

    @Test
    void service_knows_no_owner_of_a_database_and_only_its_own_role() {
        var stack = ApplicationUnderTest.stack();
        for (var each : services()) {
            var environment = file(each, "environ");
            assertThat(environment).as(each.name()).contains(
                    stack.postgres().database(database(each)).service().password());
            for (var database : DATABASES) {
                assertThat(environment).as("%s and the owner of %s", each.name(), database)
                        .doesNotContain(stack.postgres().database(database).owner().password())
                        .doesNotContain(stack.postgres().database(database).owner().user());
                if (!database.equals(database(each))) {
                    assertThat(environment).as("%s and the role of %s", each.name(), database)
                            .doesNotContain(stack.postgres().database(database).service().password());
                }
            }
            assertThat(each.environment().keySet()).noneMatch(name -> name.startsWith("SPRING_FLYWAY"));
        }
    }

    /** All users of the machine read the arguments of all processes. */
    @Test
    void no_process_has_a_password_among_its_arguments() {
        var stack = ApplicationUnderTest.stack();
        var passwords = new ArrayList<String>(List.of(ApplicationUnderTest.FIRST_ADMINS_PASSWORD));
        Stream.concat(DATABASES.stream(), Stream.of("registry")).map(stack.postgres()::database)
                .flatMap(database -> Stream.of(database.owner(), database.service())).map(Login::password)
                .forEach(passwords::add);
        services().forEach(each -> each.environment().forEach((name, value) -> {
            if (name.contains("SECRET") || name.contains("PASSWORD")) {
                passwords.add(value);
            }
        }));
        for (var part : stack.parts()) {
            assertThat(file(part, "cmdline")).as(part.name()).doesNotContain(passwords);
        }
    }

    /** By what the processes have open or mapped for writing, wherever it is. */
    @Test
    void no_other_user_of_the_machine_reaches_what_the_processes_write() throws IOException {
        var reached = new TreeSet<String>();
        int written = 0;
        for (var part : ApplicationUnderTest.stack().parts()) {
            var processes = Stream.concat(Stream.of(part.pid()),
                    ProcessHandle.of(part.pid()).stream().flatMap(ProcessHandle::descendants).map(ProcessHandle::pid))
                    .toList();
            for (long pid : processes) {
                for (var file : writtenBy(pid)) {
                    written++;
                    if (isReachedByOthers(file)) {
                        reached.add(part.name() + " writes " + file);
                    }
                }
            }
        }
        assertThat(written).isGreaterThan(20);
        assertThat(reached).isEmpty();
    }

    @Test
    void no_other_user_of_the_machine_reaches_the_files_of_the_stack() throws IOException {
        var reached = new ArrayList<Path>();
        assertThat(ApplicationUnderTest.stack().parts()).isNotEmpty();
        Files.walkFileTree(ApplicationUnderTest.HOME, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (isReachedByOthers(file)) {
                    reached.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException vanished) {
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(reached).isEmpty();
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        for (var each : services()) {
            try (var directories = Files.newDirectoryStream(temporary, "tomcat*." + each.port() + ".*")) {
                assertThat(directories).allSatisfy(directory -> assertThat(Files.getPosixFilePermissions(directory))
                        .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE));
            }
        }
    }

    /** Open files whose flags are not those of reading only, and shared mappings. */
    private static List<Path> writtenBy(long pid) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        var written = new ArrayList<Path>();
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : descriptors) {
                var flags = Files.readString(process.resolve("fdinfo").resolve(descriptor.getFileName()));
                if (!flags.replaceAll("(?s).*flags:\\s+\\d*(\\d)\\n.*", "$1").matches("[04]")) {
                    written.add(Files.readSymbolicLink(descriptor));
                }
            }
        } catch (NoSuchFileException | DirectoryIteratorException _) {
            // Closed meanwhile, or a process of PostgreSQL that has ended.
        }
        try (var mappings = Files.lines(process.resolve("maps"))) {
            mappings.filter(line -> line.matches("\\S+ rw.s .* /.*"))
                    .map(line -> Path.of(line.substring(line.indexOf('/')))).forEach(written::add);
        } catch (NoSuchFileException _) {
            // It has ended.
        }
        return written.stream().filter(file -> file.isAbsolute() && !file.startsWith("/dev/null")
                && Files.isRegularFile(file)).toList();
    }

    private static boolean isReachedByOthers(Path file) {
        try {
            var path = file.toRealPath();
            if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
                return false;
            }
            for (var each = path.getParent(); each != null; each = each.getParent()) {
                if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a service cannot see of the histories, the step that migrates notes for it. */
    @Test
    void service_reads_the_versions_and_no_history_of_its_migrations() throws Exception {
        var stack = ApplicationUnderTest.stack();
        for (var name : DATABASES) {
            var database = stack.postgres().database(name);
            try (var service = DriverManager.getConnection(database.jdbcUrl(), database.service().user(),
                    database.service().password()); var statement = service.createStatement()) {
                var found = new ArrayList<String>();
                try (var rows = statement.executeQuery("""
                        select history || ' ' || has_table_privilege(history, 'select') from schema_versions
                        """)) {
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                }
                assertThat(Set.copyOf(found)).as(name).containsExactlyInAnyOrder("events_schema_history false",
                        "web_schema_history false", "pages_schema_history false", "flyway_schema_history false");
            }
        }
    }

    private static List<ServiceProcess> services() {
        return Stream.of(ApplicationUnderTest.Service.values()).map(ApplicationUnderTest.Service::process).toList();
    }

    private static String database(Part service) {
        return service.name().replace("-service", "");
    }

    private static String file(Part part, String name) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(part.pid()), name), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
