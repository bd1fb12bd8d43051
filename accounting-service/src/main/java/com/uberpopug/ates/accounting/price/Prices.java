package com.uberpopug.ates.accounting.price;

import com.uberpopug.ates.accounting.price.PriceDraw.Price;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.inbox.Received;
import com.uberpopug.ates.platform.jdbc.SqlArray;
import com.uberpopug.ates.platform.outbox.Fact;
import com.uberpopug.ates.platform.outbox.Outbox;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The prices: one per task, for ever. */
@Component
public class Prices {

    private final JdbcClient db;
    private final Outbox outbox;
    private final PriceDraw lot;
    private final Clock clock;

    Prices(JdbcClient db, Outbox outbox, PriceSettings settings, Clock clock) {
        this.db = db;
        this.outbox = outbox;
        this.lot = new PriceDraw(settings.priceSecret());
        this.clock = clock;
    }

    /**
     * Draws and announces the prices of new tasks; inside the caller's transaction. A task that has a price keeps it,
     * and it is announced again as the same fact.
     *
     * @param created tasks, each with the fact of its creation
     */
    public void draw(Map<UUID, Received> created) {
        if (created.isEmpty()) {
            return;
        }
        var drawn = created.keySet().stream().sorted().map(lot::draw).toList();
        db.sql("""
                insert into prices (task_id, fee_cents, amount_cents, drawn_at)
                select task_id, fee_cents, amount_cents, :now
                  from unnest(:taskIds, :fees, :amounts) as drawn (task_id, fee_cents, amount_cents)
                on conflict (task_id) do nothing
                """)
                .param("now", Timestamp.from(clock.instant()))
                .param("taskIds", SqlArray.uuids(drawn, Price::taskId))
                .param("fees", SqlArray.longs(drawn, Price::feeCents))
                .param("amounts", SqlArray.longs(drawn, Price::amountCents))
                .update();
        var stored = db.sql("select task_id, fee_cents, amount_cents from prices where task_id = any(:taskIds)")
                .param("taskIds", SqlArray.uuids(created.keySet()))
                .query(Price.class).list().stream().collect(Collectors.toMap(Price::taskId, price -> price));
        outbox.append(created.entrySet().stream()
                .map(entry -> fact(stored.getOrDefault(entry.getKey(), lot.draw(entry.getKey())), entry.getValue()))
                .toList());
    }

    private Fact fact(Price price, Received cause) {
        return Fact.of(Ids.derived(cause.factId(), "Tasks.AmountsCalculated"), price.taskId(), 1, clock.instant(),
                new TaskAmountsCalculated(price.taskId(), price.feeCents(), price.amountCents())).causedBy(cause);
    }
}
