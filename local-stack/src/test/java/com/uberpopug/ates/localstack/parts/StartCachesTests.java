package com.uberpopug.ates.localstack.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCachesTests {
    private static final String FROM_CACHE = "StartCachesTests$Egg source: shared objects file";

    @TempDir
    Path home;

    private Path jar;
    private StartCaches caches;

    /** The program. */
    static final class Egg {
        public static void main(String[] arguments) {
            System.out.println("hatched");
        }
    }

    @BeforeEach
    void build() throws IOException {
        jar = build("white");
        caches = StartCaches.in(home.resolve("cache"));
    }

    @Test
    void recorded_start_is_used_from_then_on() throws Exception {
        assertThat(caches.has("egg", jar)).isFalse();
        assertThat(run(caches.of("egg", jar))).contains("hatched").doesNotContain(FROM_CACHE);

        record();

        assertThat(caches.has("egg", jar)).isTrue();
        assertThat(run(caches.of("egg", jar))).contains("hatched", FROM_CACHE);
        assertThat(run(StartCaches.NONE.of("egg", jar))).contains("hatched").doesNotContain(FROM_CACHE);
    }

    @Test
    void changed_jar_is_recorded_again_despite_equal_size_and_date() throws Exception {
        record();
        build("brown");
        assertThat(caches.has("egg", jar)).isFalse();
        assertThat(run(caches.of("egg", jar))).contains("hatched").doesNotContain(FROM_CACHE);

        record();
        assertThat(run(caches.of("egg", jar))).contains("hatched", FROM_CACHE);
        assertThat(home.resolve("cache").toFile().list()).as("the old cache is gone").hasSize(1);
    }

    @Test
    void interrupted_recording_is_not_used() throws Exception {
        run(caches.of("egg", jar));
        run(caches.recording().of("egg", jar));
        assertThat(caches.has("egg", jar)).isFalse();
        assertThat(caches.of("egg", jar)).isEqualTo(StartCaches.NONE.of("egg", jar));
    }

    @Test
    void damaged_cache_costs_only_the_saved_time() throws Exception {
        record();
        try (var file = new RandomAccessFile(cache().toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(new byte[4096]);
        }
        assertThat(run(caches.of("egg", jar))).contains("hatched", "[aot").doesNotContain(FROM_CACHE);

        Files.write(cache(), new byte[10]);
        assertThat(run(caches.of("egg", jar))).contains("hatched", "[aot").doesNotContain(FROM_CACHE);
    }

    private void record() throws Exception {
        run(caches.of("egg", jar));
        run(caches.recording().of("egg", jar));
        caches.finish("egg", jar);
    }

    private Path cache() throws IOException {
        try (var files = Files.walk(home.resolve("cache"))) {
            return files.filter(file -> file.endsWith("start.aot")).findFirst().orElseThrow();
        }
    }

    private Path build(String colour) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Egg.class.getName());
        var file = home.resolve("egg.jar");
        var name = Egg.class.getName().replace('.', '/') + ".class";
        try (var output = new JarOutputStream(Files.newOutputStream(file), manifest);
                var egg = Egg.class.getClassLoader().getResourceAsStream(name)) {
            output.putNextEntry(new JarEntry(name));
            output.write(egg.readAllBytes());
            output.putNextEntry(new JarEntry("colour"));
            output.write(colour.getBytes());
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        return file;
    }

    private static String run(StartCaches.Start start) throws Exception {
        var options = new ArrayList<>(start.options());
        options.add("-Xlog:class+load");
        var process = new ProcessBuilder(new StartCaches.Start(start.jar(), List.copyOf(options)).command())
                .redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
