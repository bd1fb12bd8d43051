package com.uberpopug.ates.platform.test;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The security log's entries in the outbox of a service that does not send. */
public final class SecurityEntries {

    private SecurityEntries() {
    }

    /** In the order of their recording. */
    public static List<SecurityRecorded> in(JdbcClient db) {
        return db.sql("select payload from outbox where topic = ? order by id").param(Topics.SECURITY)
                .query((row, _) -> decoded(row.getBytes("payload"))).list();
    }

    private static SecurityRecorded decoded(byte[] payload) {
        try {
            return new SpecificDatumReader<>(SecurityRecorded.class).read(null,
                    DecoderFactory.get().binaryDecoder(payload, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
