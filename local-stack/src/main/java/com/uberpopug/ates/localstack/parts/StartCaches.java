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
 * Caches that make a program's next start faster: its unpacked jar, and an AOT cache (JEP 483 and 514) of the classes
 * that a start loads and links. Both are in a directory named after a hash of everything that they depend on; the AOT
 * cache is written last and marks it as complete.
 */
public final class StartCaches {
    /** No caches: programs start as built. */
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

    /** Uses the caches in this directory, and unpacks jars without one into it. */
    public static StartCaches in(Path directory) {
        return new StartCaches(Optional.of(directory.toAbsolutePath()), false);
    }

    /** The same, and records starts without a cache, for {@link #finish}. */
    public StartCaches recording() {
        return new StartCaches(directory, true);
    }

    /** The longest time of a start; a recorded start runs at the lowest priority and gets more. */
    public Duration startsWithin() {
        return Duration.ofMinutes(recording ? 60 : 5);
    }

    /** The jar of a start, and its additional JVM options. */
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
            // Verified in full, because a damaged cache could crash the JVM; a rejected one costs only the saved time.
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

    /** The same beside another process of the program: it neither unpacks nor records. */
    Start beside(String program, Path jar) {
        return has(program, jar) ? of(program, jar) : new Start(jar, List.of());
    }

    boolean has(String program, Path jar) {
        return directory.isPresent() && Files.isRegularFile(jar) && Files.exists(own(program, jar).resolve(CACHE));
    }

    /** Makes the cache of a recorded program that has ended. */
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

    /** Forces the contents to disk before the rename, so that the name never survives a power failure without them. */
    private static void force(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    /** Removes the files of earlier versions and of interrupted recordings, and unpacks the jar. */
    private void prepare(String program, Path jar, Path own) {
        try {
            Files.createDirectories(own);
            try (var directories = Files.newDirectoryStream(directory.orElseThrow(), program + "-*")) {
                for (var old : directories) {
                    LocalStackFiles.deleteRecursively(old);
                }
            }
            Files.createDirectories(own);
            // Only Spring Boot's jars need unpacking: the JVM cannot cache classes from jars within jars.
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

    /**
     * Reproducible builds give all jars the same date, so their contents are compared, by the checksums in the jar's
     * directory.
     */
    private static String key(Path jar) {
        try (var file = new JarFile(jar.toFile())) {
            var facts = new ArrayList<String>(Part.JAVA);
            facts.add(System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version") + " "
                    + System.getProperty("os.arch"));
            file.stream().forEach(entry -> facts.add(entry.getName() + " " + entry.getCrc() + " " + entry.getSize()));
            // The same comparison as the JVM's, which rejects a cache of other files.
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
