package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest(database = "counting")
class PipelineTests {

    @Autowired
    Counters counters;
    @Autowired
    JdbcClient db;
    @Autowired
    Events events;

    @Test
    void a_fact_reaches_its_consumer() {
        var counter = Ids.next();
        counters.step(counter);
        assertThat(events.await(TaskAssigned.class, counter).getFeeCents()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(db.sql("select cents from tallies where counter = ?").param(counter)
                .query(Long.class).optional()).contains(1L));
    }
}
