package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * What makes a program's next start faster: its jar unpacked, and an AOT cache (JEP 483 and 514) of what a start loads and links. Both
 * are in a directory whose name holds a hash of all that they depend on; the cache, which comes last, says that all of it is whole.
 */
public final class StartCaches {
    /** Programs start as the build has left them. */
    public static final StartCaches NONE = new StartCaches(Optional.empty(), false);

    private static final String CACHE = "start.aot";
    private static final String RECORD = "start.aotconf";
    private static final Duration MADE_WITHIN = Duration.ofMinutes(10);

    private final Optional<Path> directory;
    private final boolean recording;

    private StartCaches(Optional<Path> directory, boolean recording) {
        this.directory = directory;
        this.recording = recording;
    }

    /** Those in this directory are used, and jars without one are unpacked into it. */
    public static StartCaches in(Path directory) {
        return new StartCaches(Optional.of(directory.toAbsolutePath()), false);
    }

    /** The same, but starts for which there is none are recorded, for {@link #finish}. */
    public StartCaches recording() {
        return new StartCaches(directory, true);
    }

    /** How long a start may take: when it is recorded, at the lowest priority, a busy machine may take as long as it likes. */
    public Duration startsWithin() {
        return Duration.ofMinutes(recording ? 60 : 5);
    }

    /** How to start a program: from which jar, and with what beside the usual options of the JVM. */
    record Start(Path jar, List<String> options) {

        List<String> command() {
            var command = Part.java(options);
            command.addAll(List.of("-jar", jar.toString()));
            return command;
        }
    }

    /** @param jar the program with its class path, by its manifest or as Spring Boot packs it */
    Start of(String program, Path jar) {
        if (directory.isEmpty() || !Files.isRegularFile(jar)) {
            return new Start(jar, List.of());
        }
        var own = own(program, jar);
        if (Files.exists(own.resolve(CACHE))) {
            // Checked in full, because a damaged one could crash the JVM; one that is refused only costs the time it would have saved.
            return new Start(runnable(own, jar),
                    List.of("-XX:AOTCache=" + own.resolve(CACHE), "-XX:+VerifySharedSpaces"));
        }
        if (!recording) {
            prepare(program, jar, own);
            return new Start(runnable(own, jar), List.of());
        }
        return new Start(runnable(own, jar),
                List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + own.resolve(RECORD)));
    }

    boolean has(String program, Path jar) {
        return directory.isPresent() && Files.isRegularFile(jar) && Files.exists(own(program, jar).resolve(CACHE));
    }

    /** Makes the cache of a program that was started while recording, and has ended since. */
    void finish(String program, Path jar) {
        var own = own(program, jar);
        var unfinished = own.resolve(CACHE + ".unfinished");
        run(program, own, Part.java(List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + own.resolve(RECORD),
                "-XX:AOTCache=" + unfinished, "-cp", runnable(own, jar).toString())));
        try {
            Files.delete(own.resolve(RECORD));
            force(own);
            Files.move(unfinished, own.resolve(CACHE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A name that survives a power failure must not be that of contents that do not. */
    private static void force(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    /** Removes what earlier versions of the program, or an interrupted recording, have left, and unpacks the jar. */
    private void prepare(String program, Path jar, Path own) {
        try {
            Files.createDirectories(own);
            try (var directories = Files.newDirectoryStream(directory.orElseThrow(), program + "-*")) {
                for (var old : directories) {
                    LocalStackFiles.deleteRecursively(old);
                }
            }
            Files.createDirectories(own);
            // Only what Spring Boot has packed needs it: the JVM's cache cannot hold what comes from jars within jars.
            if (manifest(jar).containsKey(new Attributes.Name("Spring-Boot-Version"))) {
                run(program, own, Part.java(List.of("-Djarmode=tools", "-jar", jar.toString(), "extract",
                        "--destination", own.resolve("app").toString())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String program, Path directory, List<String> command) {
        ChildProcess.start(program + "'s cache", directory.resolve("log"), "KILL", Map.of(), command)
                .awaitSuccess(MADE_WITHIN);
    }

    private static Path runnable(Path directory, Path jar) {
        var unpacked = directory.resolve("app").resolve(jar.getFileName());
        return Files.exists(unpacked) ? unpacked : jar;
    }

    private Path own(String program, Path jar) {
        return directory.orElseThrow().resolve(program + "-" + key(jar));
    }

    /** The builds are reproducible and date all jars alike, so their contents are compared, by the checksums that a jar lists. */
    private static String key(Path jar) {
        try (var file = new JarFile(jar.toFile())) {
            var facts = new ArrayList<String>(Part.JAVA);
            facts.add(System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version") + " "
                    + System.getProperty("os.arch"));
            file.stream().forEach(entry -> facts.add(entry.getName() + " " + entry.getCrc() + " " + entry.getSize()));
            // As the JVM compares them, which refuses a cache that was made from other files.
            for (var name : (jar.getFileName() + " " + classPath(jar)).split(" ")) {
                var path = jar.resolveSibling(name);
                facts.add(name + " " + Files.size(path) + " " + Files.getLastModifiedTime(path).toMillis());
            }
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", facts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String classPath(Path jar) throws IOException {
        return manifest(jar).getOrDefault(Attributes.Name.CLASS_PATH, "").toString();
    }

    private static Attributes manifest(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes();
        }
    }
}
