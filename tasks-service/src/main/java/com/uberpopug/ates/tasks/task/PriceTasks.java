package com.uberpopug.ates.tasks.task;

import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.platform.inbox.Received;
import com.uberpopug.ates.platform.jdbc.SqlArray;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores the prices that accounting has drawn, which makes tasks ready to be assigned. */
@Component
class PriceTasks {

    private final JdbcClient db;
    private final TaskEventPublisher events;
    private final Clock clock;

    PriceTasks(JdbcClient db, TaskEventPublisher events, Clock clock) {
        this.db = db;
        this.events = events;
        this.clock = clock;
    }

    record Price(UUID taskId, long feeCents, long amountCents, Received cause) {
    }

    /**
     * Prices the tasks that have no price yet, inside the caller's transaction. A task keeps its first price.
     *
     * @param prices in the order in which they came
     * @throws IllegalStateException where a task is not known: its price must not be lost
     */
    void price(Collection<Price> prices) {
        var first = new LinkedHashMap<UUID, Price>();
        prices.forEach(price -> first.putIfAbsent(price.taskId(), price));
        lock(first.keySet());
        var facts = update(first.values());
        var now = clock.instant();
        var ready = new LinkedHashMap<TaskEvent.ReadyForAssign, Received>();
        first.values().forEach(price -> {
            var number = facts.get(price.taskId());
            if (number != null) {
                ready.put(new TaskEvent.ReadyForAssign(price.taskId(), number, now, price.feeCents(),
                        price.amountCents()), price.cause());
            }
        });
        events.publish(ready);
    }

    private void lock(Set<UUID> taskIds) {
        var known = db.sql("select id from tasks where id = any(:ids) order by id for update")
                .param("ids", SqlArray.uuids(taskIds)).query(UUID.class).list();
        if (known.size() < taskIds.size()) {
            var unknown = new LinkedHashSet<>(taskIds);
            known.forEach(unknown::remove);
            throw new IllegalStateException("A price came for tasks that are not known: " + unknown);
        }
    }

    private record Priced(UUID id, long facts) {
    }

    /** Returns how many facts there are now of each task that had no price. */
    private Map<UUID, Long> update(Collection<Price> prices) {
        return db.sql("""
                update tasks
                   set status = 'READY', fee_cents = price.fee_cents, amount_cents = price.amount_cents,
                       facts = facts + 1, version = version + 1
                  from unnest(:taskIds, :fees, :amounts) as price (task_id, fee_cents, amount_cents)
                 where tasks.id = price.task_id and tasks.status = 'NEW'
                returning tasks.id, tasks.facts
                """)
                .param("taskIds", SqlArray.uuids(prices, Price::taskId))
                .param("fees", SqlArray.longs(prices, Price::feeCents))
                .param("amounts", SqlArray.longs(prices, Price::amountCents))
                .query(Priced.class).stream().collect(toMap(Priced::id, Priced::facts));
    }
}
