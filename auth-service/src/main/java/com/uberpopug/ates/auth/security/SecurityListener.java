package com.uberpopug.ates.auth.security;

import com.uberpopug.ates.auth.security.SecurityEvents.SecurityEvent;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Keeps the entries of all services, this one's included. */
@Component
class SecurityListener {

    private static final String CONSUMER = "auth.security";

    private final Subscription subscription;

    SecurityListener(Inbox inbox, SecurityEvents events, Bursts bursts) {
        subscription = inbox.subscribe(CONSUMER, Handlers.into(ArrayList<SecurityEvent>::new)
                .on(SecurityRecorded.class, (batch, _, entry) -> batch.add(new SecurityEvent(entry.getEntryId(),
                        entry.getService(), entry.getKind(), entry.getOutcome(), entry.getActorId(),
                        entry.getClient(), entry.getUserId(), entry.getSubject(), entry.getLoginHash(),
                        entry.getAddress(), entry.getUserAgent(), entry.getTrace(), entry.getTimes(),
                        entry.getOccurredAt())))
                .applying(batch -> bursts.find(events.add(batch))));
    }

    @KafkaListener(id = CONSUMER, topics = Topics.SECURITY)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }
}
