package com.uberpopug.ates.analytics.earnings;

import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.earnings.Earnings.Announced;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Applies the managers' earnings and the closing of business dates. */
@Component
class ManagersListener {

    private static final String CONSUMER = "analytics.managers";

    private final Subscription subscription;
    private final Earnings earnings;
    private final BusinessDays businessDays;

    ManagersListener(Inbox inbox, Earnings earnings, BusinessDays businessDays) {
        this.subscription = inbox.subscribe(CONSUMER, Handlers.into(Batch::new)
                .on(ManagersBalanceChanged.class, (batch, fact, changed) -> batch.announced.add(
                        new Announced(changed.getBusinessDate(), fact.sequence(), changed.getEarnedCents())))
                .on(BusinessDayClosed.class, (batch, _, day) -> batch.close(day))
                .applying(this::apply));
        this.earnings = earnings;
        this.businessDays = businessDays;
    }

    @KafkaListener(id = CONSUMER, topics = Topics.MANAGERS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private static final class Batch {
        private final List<Announced> announced = new ArrayList<>();
        private final List<LocalDate> closed = new ArrayList<>();

        void close(BusinessDayClosed day) {
            announced.add(new Announced(day.getBusinessDate(), Earnings.FINAL, day.getEarnedCents()));
            closed.add(day.getBusinessDate());
        }
    }

    private void apply(Batch batch) {
        earnings.announce(batch.announced);
        businessDays.close(batch.closed);
    }
}
