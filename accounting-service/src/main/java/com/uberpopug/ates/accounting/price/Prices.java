package com.uberpopug.ates.accounting.price;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.accounting.price.PriceDraw.Price;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Received;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The prices: one for each task, for ever. */
@Component
public class Prices {

    private final JdbcClient db;
    private final PriceEventPublisher events;
    private final PriceDraw draw;
    private final Clock clock;

    Prices(JdbcClient db, PriceEventPublisher events, PriceSettings settings, Clock clock) {
        this.db = db;
        this.events = events;
        this.draw = new PriceDraw(settings.priceSecret());
        this.clock = clock;
    }

    /** Whether a task's fee is this: also before the task is known here, because each draw gives the same. */
    public boolean isFee(UUID taskId, long cents) {
        return draw.draw(taskId).feeCents() == cents
                || kept(taskId).stream().anyMatch(price -> price.feeCents() == cents);
    }

    /** Whether a task's reward is this: also before the task is known here, because each draw gives the same. */
    public boolean isReward(UUID taskId, long cents) {
        return draw.draw(taskId).amountCents() == cents
                || kept(taskId).stream().anyMatch(price -> price.amountCents() == cents);
    }

    /** It differs from a new draw if it was drawn with another secret. */
    private Optional<Price> kept(UUID taskId) {
        return db.sql("select task_id, fee_cents, amount_cents from prices where task_id = ?").param(taskId)
                .query(Price.class).optional();
    }

    /**
     * Draws and publishes the prices of new tasks, inside the caller's transaction. A task with a price keeps it, and
     * the price is published again as the same fact.
     *
     * @param created the tasks, each with the fact of its creation
     */
    public void draw(Map<UUID, Received> created) {
        if (created.isEmpty()) {
            return;
        }
        var now = clock.instant();
        var drawn = created.keySet().stream().sorted().map(draw::draw).toList();
        db.sql("""
                insert into prices (task_id, fee_cents, amount_cents, drawn_at)
                select task_id, fee_cents, amount_cents, :now
                  from unnest(:taskIds, :fees, :amounts) as drawn (task_id, fee_cents, amount_cents)
                on conflict (task_id) do nothing
                """)
                .param("now", Timestamp.from(now))
                .param("taskIds", SqlArray.uuids(drawn, Price::taskId))
                .param("fees", SqlArray.longs(drawn, Price::feeCents))
                .param("amounts", SqlArray.longs(drawn, Price::amountCents))
                .update();
        var causes = new LinkedHashMap<Price, Received>();
        db.sql("select task_id, fee_cents, amount_cents from prices where task_id = any(:taskIds) order by task_id")
                .param("taskIds", SqlArray.uuids(created.keySet()))
                .query(Price.class).list()
                .forEach(price -> causes.put(price, requireNonNull(created.get(price.taskId()))));
        events.publish(causes, now);
    }
}
