package com.uberpopug.ates.tasks;

import static java.util.stream.Collectors.groupingBy;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The events in the outbox, each in its newest version, in the order of sending. */
public final class Announcements {

    private final JdbcClient db;

    public Announcements(JdbcClient db) {
        this.db = db;
    }

    public record Announced(UUID task, long sequence, SpecificRecord event) {
    }

    public Map<UUID, List<Announced>> byTask() {
        return all().stream().collect(groupingBy(Announced::task));
    }

    public List<TaskAssigned> assignments() {
        return all().stream().map(Announced::event).filter(TaskAssigned.class::isInstance).map(TaskAssigned.class::cast)
                .toList();
    }

    private List<Announced> all() {
        return db.sql("""
                select key, sequence, type, version, payload from outbox
                 where topic <> 'ates.security'
                   and not exists (select from outbox newer
                                    where newer.fact_id = outbox.fact_id and newer.version > outbox.version)
                 order by id
                """)
                .query((row, _) -> new Announced(UUID.fromString(row.getString("key")), row.getLong("sequence"),
                        decoded(EventType.of(row.getString("type"), row.getInt("version")).orElseThrow(),
                                row.getBytes("payload"))))
                .list();
    }

    private static SpecificRecord decoded(EventType type, byte[] payload) {
        try {
            var model = SpecificData.getForClass(type.recordClass());
            var schema = model.getSchema(type.recordClass());
            return new SpecificDatumReader<SpecificRecord>(schema, schema, model).read(null,
                    DecoderFactory.get().binaryDecoder(payload, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
