package com.uberpopug.ates.accounting.closing;

import com.github.kagkarlsson.scheduler.SchedulerState;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.TasksListener;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.platform.events.ConsumerProgress;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Closes all days that are due, the oldest first: those somebody asked for, and by itself those that ended
 * {@code ates.close-delay} ago, as soon as every event that was in the topic when they ended has been consumed, unless
 * this host's clock is wrong.
 */
@Component
class CloseDays {

    private final JdbcClient db;
    private final BusinessDays days;
    private final CloseDay closeDay;
    private final ConsumerProgress consumers;
    private final HostClock clock;
    private final Duration delay;

    CloseDays(JdbcClient db, BusinessDays days, CloseDay closeDay, ConsumerProgress consumers, HostClock clock,
            @Value("${ates.close-delay}") Duration delay) {
        this.db = db;
        this.days = days;
        this.closeDay = closeDay;
        this.consumers = consumers;
        this.clock = clock;
        this.delay = delay;
    }

    void closeDue(SchedulerState scheduler) {
        for (var date = next(); date.isPresent(); date = next()) {
            boolean more = true;
            while (more) {
                if (scheduler.isShuttingDown()) {
                    return;
                }
                more = closeDay.step(date.get());
            }
        }
    }

    private Optional<LocalDate> next() {
        return unfinished().or(() -> days.oldestOpen().filter(date -> isAskedFor(date) || isDue(date)));
    }

    /** A day that was closed, and whose payouts were interrupted. */
    private Optional<LocalDate> unfinished() {
        return db.sql("""
                select business_date from business_days
                 where closed_at is not null and finished_at is null order by business_date limit 1
                """).query(LocalDate.class).optional();
    }

    /** Whoever asks for a day asks for those before it, too. */
    private boolean isAskedFor(LocalDate date) {
        return db.sql("""
                select exists (select from business_days
                                where business_date >= :date and requested_at is not null and finished_at is null)
                """).param("date", date).query(Boolean.class).single();
    }

    private boolean isDue(LocalDate date) {
        return !date.isAfter(days.lastEnded(delay)) && clock.isRight()
                && consumers.hasConsumed(TasksListener.CONSUMER, Topics.TASKS, days.endOf(date));
    }
}
