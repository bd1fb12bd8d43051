package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.platform.inbox.Received;
import com.uberpopug.ates.platform.jdbc.SqlArray;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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
     * Prices the tasks that have no price yet; inside the caller's transaction.
     *
     * @throws IllegalStateException where a task is not known: its price must not be lost
     */
    void price(Collection<Price> prices) {
        var taskIds = new HashSet<>(prices.stream().map(Price::taskId).toList());
        var known = db.sql("select id from tasks where id = any(:ids) order by id for update")
                .param("ids", SqlArray.uuids(taskIds)).query(UUID.class).list();
        if (known.size() < taskIds.size()) {
            known.forEach(taskIds::remove);
            throw new IllegalStateException("A price came for tasks that are not known: " + taskIds);
        }
        var now = clock.instant();
        var causes = new LinkedHashMap<UUID, Received>();
        prices.forEach(price -> causes.putIfAbsent(price.taskId(), price.cause()));
        var ready = new LinkedHashMap<TaskEvent.ReadyForAssign, Received>();
        update(prices).forEach(task -> {
            var cause = causes.get(task.id());
            if (cause != null) {
                ready.put(new TaskEvent.ReadyForAssign(task.id(), task.facts(), now, task.feeCents(),
                        task.amountCents()), cause);
            }
        });
        events.publish(ready);
    }

    private record Priced(UUID id, long facts, long feeCents, long amountCents) {
    }

    private List<Priced> update(Collection<Price> prices) {
        return db.sql("""
                update tasks
                   set status = 'READY', fee_cents = price.fee_cents, amount_cents = price.amount_cents,
                       facts = facts + 1, version = version + 1
                  from unnest(:taskIds, :fees, :amounts) as price (task_id, fee_cents, amount_cents)
                 where tasks.id = price.task_id and tasks.status = 'NEW'
                returning tasks.id, tasks.facts, tasks.fee_cents, tasks.amount_cents
                """)
                .param("taskIds", SqlArray.uuids(prices, Price::taskId))
                .param("fees", SqlArray.longs(prices, Price::feeCents))
                .param("amounts", SqlArray.longs(prices, Price::amountCents))
                .query(Priced.class).list();
    }
}
