package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Publishes an event whose old version is switched off. */
@ServiceTest(database = "counting", properties = "ates.events.switched-off=Tasks.Created/v1")
class SwitchedOffTests {

    @Autowired
    Events events;
    @Autowired
    Outbox outbox;
    @Autowired
    TransactionTemplate transaction;

    @Test
    void version_that_is_switched_off_is_not_published_and_not_named() {
        var task = Ids.next();
        transaction.executeWithoutResult(_ -> {
            outbox.append(Fact.of(Ids.next(), task, 1, Instant.EPOCH,
                    new TaskCreated(task, "UBERPOP-42", "Repaint", null, task, Instant.EPOCH),
                    new com.uberpopug.ates.events.tasks.v1.TaskCreated(task, "[UBERPOP-42] - Repaint", null, task,
                            Instant.EPOCH)));
            outbox.append(Fact.of(Ids.next(), task, 2, Instant.EPOCH,
                    new TaskCreated(task, null, "The last one", null, task, Instant.EPOCH)));
        });

        assertThat(events.awaitRecords(Topics.TASKS, task, 2)).allSatisfy(record -> {
            assertThat(Envelope.get(record.headers(), Envelope.DATA_SCHEMA))
                    .contains(Envelope.dataSchema("Tasks.Created", 2));
            assertThat(Envelope.get(record.headers(), Envelope.DATA_VERSIONS)).contains("2");
        });
    }
}
