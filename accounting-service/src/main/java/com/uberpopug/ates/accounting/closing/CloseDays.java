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
 * Closes all due days, the oldest first. A day is due on request, or {@code ates.close-delay} after its end if every
 * event that was in the topic at its end is consumed and this host's clock is right.
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
        return unfinished().or(() -> days.oldestOpen().filter(date -> isRequested(date) || isDue(date)));
    }

    /** A closed day with interrupted payouts. */
    private Optional<LocalDate> unfinished() {
        return db.sql("""
                select business_date from business_days
                 where closed_at is not null and finished_at is null order by business_date limit 1
                """).query(LocalDate.class).optional();
    }

    /** A request for a day includes all earlier ones. */
    private boolean isRequested(LocalDate date) {
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
