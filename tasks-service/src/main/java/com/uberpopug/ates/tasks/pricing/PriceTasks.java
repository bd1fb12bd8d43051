package com.uberpopug.ates.tasks.pricing;

import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.tasks.task.AssignToRandomWorkers;
import com.uberpopug.ates.tasks.task.AssignToRandomWorkers.OpenTask;
import com.uberpopug.ates.tasks.task.TaskEvent;
import com.uberpopug.ates.tasks.task.TaskEventPublisher;
import com.uberpopug.ates.tasks.user.Users;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Stores prices drawn by accounting, which makes the tasks ready to be assigned; with
 * {@code ates.tasks.assign-when-ready} they are assigned in the same transaction.
 */
@Component
class PriceTasks {

    private final JdbcClient db;
    private final TaskEventPublisher events;
    private final AssignToRandomWorkers assignToRandomWorkers;
    private final Users users;
    private final Clock clock;
    private final boolean assignWhenReady;

    PriceTasks(JdbcClient db, TaskEventPublisher events, AssignToRandomWorkers assignToRandomWorkers, Users users,
            Clock clock,
            @Value("${ates.tasks.assign-when-ready}") boolean assignWhenReady) {
        this.db = db;
        this.events = events;
        this.assignToRandomWorkers = assignToRandomWorkers;
        this.users = users;
        this.clock = clock;
        this.assignWhenReady = assignWhenReady;
    }

    record Price(UUID taskId, long feeCents, long amountCents, Received cause) {
    }

    /**
     * Prices tasks without a price, inside the caller's transaction. A task keeps its first price.
     *
     * @param prices in the order of their arrival
     * @throws IllegalStateException for a price of an unknown task, which thereby becomes a dead letter
     */
    void price(Collection<Price> prices) {
        var first = new LinkedHashMap<UUID, Price>();
        prices.forEach(price -> first.putIfAbsent(price.taskId(), price));
        lock(first.keySet());
        var now = clock.instant();
        var facts = update(first.values(), now);
        var ready = new LinkedHashMap<TaskEvent.ReadyForAssign, Received>();
        first.values().forEach(price -> {
            var number = facts.get(price.taskId());
            if (number != null) {
                ready.put(new TaskEvent.ReadyForAssign(price.taskId(), number, now, price.feeCents(),
                        price.amountCents()), price.cause());
            }
        });
        events.publish(ready);
        if (assignWhenReady) {
            assign(ready);
        }
    }

    private void assign(Map<TaskEvent.ReadyForAssign, Received> ready) {
        var workers = users.activeWorkers();
        if (workers.isEmpty()) {
            // The tasks stay READY until the next shuffle.
            return;
        }
        var tasks = ready.keySet().stream()
                .map(task -> new OpenTask(task.taskId(), task.sequence(), 0, task.feeCents())).toList();
        var causes = ready.values().iterator();
        var assigned = new LinkedHashMap<TaskEvent.Assigned, Received>();
        assignToRandomWorkers.assign(tasks, workers, null).forEach(event -> assigned.put(event, causes.next()));
        events.publish(assigned);
    }

    private void lock(Set<UUID> taskIds) {
        var known = db.sql("select id from tasks where id = any(:ids) order by id for update")
                .param("ids", SqlArray.uuids(taskIds)).query(UUID.class).list();
        if (known.size() < taskIds.size()) {
            var unknown = new LinkedHashSet<>(taskIds);
            known.forEach(unknown::remove);
            throw new IllegalStateException("Prices of unknown tasks: " + unknown);
        }
    }

    private record Priced(UUID id, long facts) {
    }

    /** Returns the number of facts of each task that was priced by this update. */
    private Map<UUID, Long> update(Collection<Price> prices, Instant now) {
        return db.sql("""
                update tasks
                   set status = 'READY', fee_cents = price.fee_cents, amount_cents = price.amount_cents,
                       priced_at = :now, facts = facts + 1, version = version + 1
                  from unnest(:taskIds, :fees, :amounts) as price (task_id, fee_cents, amount_cents)
                 where tasks.id = price.task_id and tasks.status = 'NEW'
                returning tasks.id, tasks.facts
                """)
                .param("taskIds", SqlArray.uuids(prices, Price::taskId))
                .param("fees", SqlArray.longs(prices, Price::feeCents))
                .param("amounts", SqlArray.longs(prices, Price::amountCents))
                .param("now", Timestamp.from(now))
                .query(Priced.class).list().stream().collect(toMap(Priced::id, Priced::facts));
    }
}
