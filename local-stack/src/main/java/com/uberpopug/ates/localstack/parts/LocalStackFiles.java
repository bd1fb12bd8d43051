package com.uberpopug.ates.localstack.parts;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Finds what the build has put beside this module's classes or jar. */
final class LocalStackFiles {

    private LocalStackFiles() {
    }

    /** This file of {@code local-stack/target}, where these classes come from too, by themselves or in a jar. */
    static Path file(String name) {
        try {
            return Path.of(LocalStackFiles.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .resolveSibling(name);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
