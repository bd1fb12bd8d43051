package com.uberpopug.ates.accounting.price;

import com.uberpopug.ates.accounting.price.PriceDraw.Price;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import java.time.Instant;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Publishes prices on {@code ates.prices}, each with a fact id derived from its task's creation. */
@Component
class PriceEventPublisher {

    private final Outbox outbox;

    PriceEventPublisher(Outbox outbox) {
        this.outbox = outbox;
    }

    void publish(Map<Price, Received> causes, Instant now) {
        outbox.append(causes.entrySet().stream().map(entry -> fact(entry.getKey(), entry.getValue(), now)).toList());
    }

    private static Fact fact(Price price, Received cause, Instant now) {
        return Fact.of(Ids.derived(cause.factId(), "Tasks.AmountsCalculated"), price.taskId(), 1, now,
                new TaskAmountsCalculated(price.taskId(), price.feeCents(), price.amountCents())).causedBy(cause);
    }
}
