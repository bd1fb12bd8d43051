package com.uberpopug.ates.platform.test;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter of the service under test, as stored in its table.
 *
 * @param failedAt when the record failed
 * @param recordAt the record's own timestamp
 */
public record DeadLetter(String consumer, String topic, int partition, long offset, Instant recordAt, Instant failedAt,
        String cause, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    static DeadLetter of(ResultSet row) throws SQLException {
        var names = (byte[][]) row.getArray("header_names").getArray();
        var values = (byte[][]) row.getArray("header_values").getArray();
        var headers = new ArrayList<Header>();
        for (int i = 0; i < names.length; i++) {
            headers.add(new RecordHeader(new String(names[i], StandardCharsets.UTF_8), values[i]));
        }
        return new DeadLetter(row.getString("consumer"), row.getString("topic"), row.getInt("partition"),
                row.getLong("record_offset"), Instant.ofEpochMilli(row.getLong("record_millis")),
                row.getTimestamp("set_aside_at").toInstant(), row.getString("cause"), row.getBytes("key"),
                row.getBytes("value"), headers);
    }
}
