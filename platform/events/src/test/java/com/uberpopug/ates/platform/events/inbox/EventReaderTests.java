package com.uberpopug.ates.platform.events.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.serde.AvroDeserializer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class EventReaderTests {

    private final EventReader reader = new EventReader(List.of(), new AvroDeserializer());

    @Test
    void the_same_place_of_a_topic_that_was_made_anew_is_another() {
        var erasure = erasureWrittenAt(1_000);
        assertThat(erasureWrittenAt(1_000)).isEqualTo(erasure);
        assertThat(erasureWrittenAt(1_001).factId()).isNotEqualTo(erasure.factId());
    }

    private Received erasureWrittenAt(long millis) {
        return reader
                .read(new ConsumerRecord<>("ates.users", 3, 17, millis, TimestampType.CREATE_TIME, 0, 0,
                        "key".getBytes(StandardCharsets.UTF_8), null, new RecordHeaders(), Optional.empty()))
                .fact().orElseThrow();
    }
}
