package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;

/** Locates the build's output for the local stack, and removes the stack's own files. */
public final class LocalStackFiles {

    private LocalStackFiles() {
    }

    /** The root of the repository, whose modules' {@code target} directories hold the jars. */
    public static Path repository() {
        return target("../..").normalize();
    }

    /** A file of {@code local-stack/target}, which also holds these classes, directly or in a jar. */
    static Path target(String name) {
        try {
            return Path.of(LocalStackFiles.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .resolveSibling(name);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether each user of the machine may enter this directory: all of its parents must let them, too. */
    static boolean isOpenToAll(Path directory) {
        try {
            for (var each = directory.toRealPath(); each != null; each = each.getParent()) {
                if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void deleteRecursively(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            try (var files = Files.walk(path)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
