package com.uberpopug.ates.tasks.shuffle;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.tasks.user.Users;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The button "Assign tasks": requests a shuffle, which then runs in the background. */
@Component
class RequestShuffle {

    private final JdbcClient db;
    private final ShuffleReports reports;
    private final Users users;
    private final Scheduler scheduler;
    private final Clock clock;
    private final Duration pause;

    RequestShuffle(JdbcClient db, ShuffleReports reports, Users users, Scheduler scheduler, Clock clock,
            @Value("${ates.tasks.shuffle-pause}") Duration pause) {
        this.db = db;
        this.reports = reports;
        this.users = users;
        this.scheduler = scheduler;
        this.clock = clock;
        this.pause = pause;
    }

    /** The result of a request. */
    sealed interface Outcome {

        /** The shuffle is scheduled. */
        record Begun(UUID shuffleId) implements Outcome {
        }

        /** Refused: the same user requested this shuffle less than {@code ates.tasks.shuffle-pause} ago. */
        record JustBegun(UUID shuffleId) implements Outcome {
        }

        /** Refused: no worker is active. */
        record NoWorkers() implements Outcome {
        }

        /** Refused: another user requested a shuffle after the caller loaded the page. */
        record Overtaken() implements Outcome {
        }
    }

    /**
     * Requests a shuffle of all tasks that are open and priced now.
     *
     * @param again whether the pause after the caller's last shuffle is skipped
     */
    @Transactional
    Outcome request(Caller caller, boolean again) {
        if (users.activeWorkers().isEmpty()) {
            return new Outcome.NoWorkers();
        }
        var id = Ids.next();
        if (!claim(id, caller, again)) {
            return new Outcome.JustBegun(latestOf(caller));
        }
        var now = clock.instant();
        db.sql("""
                insert into shuffles (id, requested_by, requested_at, tasks_total, newest_task_id)
                select :id, :by, :at, count(*), (array_agg(id order by id desc))[1]
                  from tasks where status in ('READY', 'ASSIGNED')
                """).param("id", id).param("by", caller.id()).param("at", Timestamp.from(now)).update();
        scheduler.scheduleIfNotExists(ShuffleJob.TASK.instance(id.toString()).build(), now);
        wakeSchedulerAfterCommit();
        return new Outcome.Begun(id);
    }

    /**
     * Requests a shuffle after the caller confirmed its figures on a page.
     *
     * @param latest the newest shuffle when the page was made; null for none
     */
    @Transactional
    Outcome request(Caller caller, @Nullable UUID latest) {
        // Serialises two confirmations: the second one sees the shuffle of the first.
        db.sql("select pg_advisory_xact_lock(hashtext('shuffles'))").query((_, _) -> true).single();
        var newest = reports.newest();
        if (Objects.equals(newest.map(ShuffleView::id).orElse(null), latest)) {
            return request(caller, false);
        }
        return newest.filter(shuffle -> shuffle.requestedBy().equals(caller.id()) && isWithinPause(shuffle.id()))
                .<Outcome>map(shuffle -> new Outcome.JustBegun(shuffle.id())).orElseGet(Outcome.Overtaken::new);
    }

    /** Concurrent requests of one user, on any instance, wait for this row and then see it. */
    private boolean claim(UUID shuffleId, Caller caller, boolean again) {
        return db.sql("""
                insert into latest_shuffles as latest (requested_by, shuffle_id, requested_at)
                values (:by, :id, statement_timestamp())
                on conflict (requested_by) do update
                   set shuffle_id = excluded.shuffle_id, requested_at = excluded.requested_at
                 where :again or latest.requested_at <= excluded.requested_at - make_interval(secs => :pause)
                """).param("by", caller.id()).param("id", shuffleId).param("again", again)
                .param("pause", pause.toMillis() / 1_000d).update() == 1;
    }

    private UUID latestOf(Caller caller) {
        return db.sql("select shuffle_id from latest_shuffles where requested_by = ?").param(caller.id())
                .query(UUID.class).single();
    }

    private boolean isWithinPause(UUID shuffleId) {
        return db.sql("""
                select exists (select from latest_shuffles where shuffle_id = :id
                                  and requested_at > statement_timestamp() - make_interval(secs => :pause))
                """).param("id", shuffleId).param("pause", pause.toMillis() / 1_000d).query(Boolean.class).single();
    }

    /** Wakes the scheduler after the commit: before it, the new job is invisible to it. */
    private void wakeSchedulerAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                scheduler.triggerCheckForDueExecutions();
            }
        });
    }
}
