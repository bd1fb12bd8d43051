package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The log of one process, copied from its output, so that whatever it writes is bounded: {@link #FILES} files of
 * {@link #MAX_BYTES} and one line, of which the newest has the plain name and the others a number, and
 * {@link #MAX_LINE} bytes a line. Control characters other than tabs and line feeds become question marks.
 */
public final class LogFile {

    public static final int FILES = 3;
    public static final int MAX_BYTES = 10 << 20;
    public static final int MAX_LINE = 16 << 10;

    private final Path file;
    private @Nullable OutputStream open;
    private long size;
    private int inLine;

    LogFile(Path file) {
        this.file = file;
    }

    /** All files of a log, the oldest first. */
    public static Stream<Path> all(Path file) {
        return IntStream.iterate(FILES - 1, number -> number >= 0, number -> number - 1)
                .mapToObj(number -> numbered(file, number)).filter(Files::exists);
    }

    /** Returns at the output's end. A log that cannot be written, as on a full disk, never stops the process. */
    void copy(InputStream output) {
        try (output) {
            var buffer = new byte[8_192];
            for (int length = output.read(buffer); length >= 0; length = output.read(buffer)) {
                try {
                    write(buffer, length);
                } catch (IOException _) {
                    close();
                }
            }
        } catch (IOException _) {
            // The process was killed.
        } finally {
            close();
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        int from = 0;
        for (int i = 0; i < length; i++) {
            byte each = bytes[i];
            if (each == '\n') {
                append(bytes, from, i - from);
                endLine();
                from = i + 1;
            } else if (each >= 0 && each < ' ' && each != '\t' || each == 0x7f) {
                bytes[i] = '?';
            }
        }
        append(bytes, from, length - from);
        if (open != null) {
            open.flush();
        }
    }

    private void append(byte[] bytes, int from, int length) throws IOException {
        int kept = Math.min(length, MAX_LINE - inLine);
        if (kept > 0) {
            opened().write(bytes, from, kept);
            size += kept;
        }
        inLine = (int) Math.min(Integer.MAX_VALUE, (long) inLine + length);
    }

    private void endLine() throws IOException {
        var end = inLine > MAX_LINE ? " ... %d bytes cut%n".formatted(inLine - MAX_LINE) : "\n";
        opened().write(end.getBytes(StandardCharsets.US_ASCII));
        size += end.length();
        inLine = 0;
        if (size >= MAX_BYTES) {
            close();
            for (int number = FILES - 1; number > 0; number--) {
                if (Files.exists(numbered(file, number - 1))) {
                    Files.move(numbered(file, number - 1), numbered(file, number), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private OutputStream opened() throws IOException {
        var stream = open;
        if (stream == null) {
            if (!Files.exists(file)) {
                Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))).close();
            }
            stream = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            open = stream;
            size = Files.size(file);
        }
        return stream;
    }

    private void close() {
        var stream = open;
        open = null;
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException _) {
                // Nothing is buffered here.
            }
        }
    }

    private static Path numbered(Path file, int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }
}
