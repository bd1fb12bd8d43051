package com.uberpopug.ates.accounting.price;

import com.uberpopug.ates.accounting.price.Prices.KeptPrice;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Publishes prices on {@code ates.prices}, each with a fact id derived from its task's creation. */
@Component
class PriceEventPublisher {

    private final Outbox outbox;

    PriceEventPublisher(Outbox outbox) {
        this.outbox = outbox;
    }

    void publish(Map<KeptPrice, Received> causes) {
        outbox.append(causes.entrySet().stream().map(entry -> fact(entry.getKey(), entry.getValue())).toList());
    }

    private static Fact fact(KeptPrice price, Received cause) {
        return Fact.of(Ids.derived(cause.factId(), "Tasks.AmountsCalculated"), price.taskId(), 1, price.drawnAt(),
                new TaskAmountsCalculated(price.taskId(), price.feeCents(), price.amountCents(), price.drawnAt(),
                        Amounts.CURRENCY))
                .causedBy(cause);
    }
}
