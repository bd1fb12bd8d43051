package com.uberpopug.ates.events.serde;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Confluent's wire format: byte 0, a schema id of 4 bytes (big-endian), Avro binary.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">
 *     Wire format</a>
 */
public final class WireFormat {

    /** Number of bytes before the Avro binary. */
    public static final int HEADER_LENGTH = 5;

    private static final byte MAGIC = 0;

    private WireFormat() {
    }

    /** The bytes before the Avro binary of a schema id. */
    static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_LENGTH).put(MAGIC).putInt(schemaId).array();
    }

    /** Prefixes Avro binary with the header of a schema id. */
    public static byte[] frame(int schemaId, byte[] avro) {
        return ByteBuffer.allocate(HEADER_LENGTH + avro.length).put(MAGIC).putInt(schemaId).put(avro).array();
    }

    /**
     * The schema id in the header of a value, at least 1.
     *
     * @throws SerializationException if the value has another format
     */
    public static int schemaId(byte[] value) {
        if (value.length < HEADER_LENGTH) {
            throw new SerializationException("Too short for Confluent's wire format: " + value.length + " bytes");
        }
        if (value[0] != MAGIC) {
            throw new SerializationException("Not in Confluent's wire format: the first byte is " + value[0]);
        }
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        if (id <= 0) {
            throw new SerializationException("Schema id " + id + ": registries assign ids from 1");
        }
        return id;
    }
}
