package com.uberpopug.ates.accounting.price;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.accounting.price.PriceDraw.Price;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Received;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    /**
     * The fee or the reward of a task, as an event states it.
     *
     * @param fee false for a reward
     */
    public record Claim(UUID taskId, boolean fee, long cents) {

        private boolean is(Price price) {
            return cents == (fee ? price.feeCents() : price.amountCents());
        }
    }

    /**
     * The claims that are not the price that was drawn here; also before a task is known, because each draw gives the
     * same. A price that is kept counts as well: it differs from a new draw if it was drawn with another secret.
     */
    public List<Claim> foreign(Collection<Claim> claims) {
        var unlike = claims.stream().filter(claim -> !claim.is(draw.draw(claim.taskId()))).toList();
        if (unlike.isEmpty()) {
            return unlike;
        }
        var kept = kept(unlike.stream().map(Claim::taskId).toList()).stream().map(KeptPrice::price)
                .collect(Collectors.toMap(Price::taskId, Function.identity()));
        return unlike.stream().filter(claim -> {
            var price = kept.get(claim.taskId());
            return price == null || !claim.is(price);
        }).toList();
    }

    /** A price as it was drawn once. */
    record KeptPrice(UUID taskId, long feeCents, long amountCents, Instant drawnAt) {

        private Price price() {
            return new Price(taskId, feeCents, amountCents);
        }
    }

    private List<KeptPrice> kept(Collection<UUID> taskIds) {
        return db.sql("""
                select task_id, fee_cents, amount_cents, drawn_at from prices
                 where task_id = any(:taskIds) order by task_id
                """).param("taskIds", SqlArray.uuids(taskIds)).query(KeptPrice.class).list();
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
        var causes = new LinkedHashMap<KeptPrice, Received>();
        kept(created.keySet()).forEach(price -> causes.put(price, requireNonNull(created.get(price.taskId()))));
        events.publish(causes);
    }
}
