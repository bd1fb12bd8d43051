package com.uberpopug.ates.platform.events.inbox;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads values as bytes, and keeps those above {@value #LARGE} bytes compressed until {@link #whole} expands them one
 * by one. A broker bounds records by their compressed size, so a poll of few compressed records could exhaust the heap
 * otherwise.
 */
public final class LargeValueDeserializer implements Deserializer<byte[]> {

    static final int LARGE = 256 << 10;
    /** Marks a compressed value. No sender knows the name. */
    private static final String LENGTH = "length-" + UUID.randomUUID();
    private static final int BUFFER = 64 << 10;

    @Override
    public byte @Nullable [] deserialize(String topic, byte @Nullable [] value) {
        return value;
    }

    @Override
    public byte @Nullable [] deserialize(String topic, Headers headers, @Nullable ByteBuffer value) {
        if (value == null) {
            return null;
        }
        int length = value.remaining();
        if (length > LARGE) {
            headers.add(LENGTH, ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
            return compressed(value);
        }
        var bytes = new byte[length];
        value.get(bytes);
        return bytes;
    }

    private static byte[] compressed(ByteBuffer value) {
        var deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(value);
            deflater.finish();
            var out = new ByteArrayOutputStream(BUFFER);
            var buffer = new byte[BUFFER];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /** The record as it was sent. */
    static ConsumerRecord<byte[], byte[]> whole(ConsumerRecord<byte[], byte[]> record) {
        var length = record.headers().lastHeader(LENGTH);
        if (length == null) {
            return record;
        }
        var headers = new RecordHeaders(Arrays.stream(record.headers().toArray())
                .filter(header -> !header.key().equals(LENGTH)).toList());
        return new ConsumerRecord<>(record.topic(), record.partition(), record.offset(), record.timestamp(),
                TimestampType.CREATE_TIME, record.serializedKeySize(), record.serializedValueSize(), record.key(),
                expanded(record.value(), ByteBuffer.wrap(length.value()).getInt()), headers, record.leaderEpoch());
    }

    private static byte[] expanded(byte[] compressed, int length) {
        var inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            var value = new byte[length];
            int done = 0;
            while (done < length) {
                done += inflater.inflate(value, done, length - done);
            }
            return value;
        } catch (DataFormatException e) {
            throw new SerializationException("A value cannot be expanded", e);
        } finally {
            inflater.end();
        }
    }
}
