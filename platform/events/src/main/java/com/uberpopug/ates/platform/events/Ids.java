package com.uberpopug.ates.platform.events;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ids: time-ordered ones for what is new, derived ones for what follows from something else (RFC 9562). */
public final class Ids {

    private static final NoArgGenerator TIME_ORDERED = Generators.timeBasedEpochGenerator();

    private Ids() {
    }

    /** A new UUIDv7. */
    public static UUID next() {
        return TIME_ORDERED.generate();
    }

    /** Reads an id; empty for any other text, such as the name of a program. */
    public static Optional<UUID> parsed(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(UUID::fromString);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** The UUIDv5 of a name within a namespace: the same arguments always give the same id. */
    public static UUID derived(UUID namespace, String name) {
        return Generators.nameBasedGenerator(namespace).generate(name);
    }

    /**
     * A UUIDv7 of a given time whose remaining bits are derived from another id: the same arguments always give the
     * same id, and ids made about the same time lie together in an index.
     *
     * @param at   between 1970 and the year 10889; milliseconds count
     * @param from the id it is derived from
     */
    public static UUID derived(Instant at, UUID from) {
        var digest = ByteBuffer.wrap(Sha256.of(ByteBuffer.allocate(16).putLong(from.getMostSignificantBits())
                .putLong(from.getLeastSignificantBits()).array()));
        long high = at.toEpochMilli() << 16 | 0x7000L | digest.getLong() & 0xfffL;
        long low = 0x8000_0000_0000_0000L | digest.getLong() & 0x3fff_ffff_ffff_ffffL;
        return new UUID(high, low);
    }
}
