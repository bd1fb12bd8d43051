package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;

/** Deletes this service's sessions of a sign-on session that has ended, by a sign-out in any service. */
final class SessionsListener {

    private static final String CONSUMER = "#{'${spring.application.name}'.replace('-service', '')}.sessions";

    private final JdbcClient db;
    private final Subscription subscription;

    SessionsListener(@Value(CONSUMER) String consumer, Inbox inbox, JdbcClient db) {
        this.db = db;
        subscription = inbox.subscribe(consumer, Handlers.into(ArrayList<String>::new)
                .on(SessionEnded.class, (ended, fact, _) -> ended.add(fact.key()))
                .applying(this::end));
    }

    @KafkaListener(id = CONSUMER, topics = Topics.SESSIONS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void end(List<String> sessions) {
        db.sql("delete from spring_session where principal_name = any(:ended)")
                .param("ended", SqlArray.texts(sessions, session -> session)).update();
    }
}
