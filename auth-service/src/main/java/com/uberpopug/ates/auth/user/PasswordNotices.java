package com.uberpopug.ates.auth.user;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.uberpopug.ates.auth.user.PasswordNotice.Kind;
import com.uberpopug.ates.platform.events.Ids;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Notifies owners by mail of links to set their password, and of their use. Of each kind, one person is sent at most
 * {@value #AN_HOUR} mails an hour, and as many wait: one more would say nothing new.
 */
@Component
class PasswordNotices {

    static final int AN_HOUR = 5;
    static final Duration COUNTS_FOR = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(PasswordNotices.class);

    private final Scheduler scheduler;
    private final JdbcClient db;
    private final Clock clock;

    PasswordNotices(Scheduler scheduler, JdbcClient db, Clock clock) {
        this.scheduler = scheduler;
        this.db = db;
        this.clock = clock;
    }

    /** Schedules a mail in the caller's transaction, which holds the owner's lock. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void send(Kind kind, UUID owner, UUID maker) {
        var ofOwner = kind + " " + owner + " ";
        // A sent one stays for an hour.
        int recent = db.sql("""
                select count(*) from scheduled_tasks where task_name = :task and starts_with(task_instance, :of_owner)
                """).param("task", PasswordNotice.TASK.getTaskName()).param("of_owner", ofOwner)
                .query(Integer.class).single();
        if (recent >= AN_HOUR) {
            log.warn("No mail {} to user {}: {} in the last hour, or waiting", kind, owner, recent);
            return;
        }
        var now = clock.instant();
        var notice = new PasswordNotice(Ids.next(), kind, owner, maker, now);
        scheduler.schedule(PasswordNotice.TASK.instance(ofOwner + notice.id()).data(notice).build(), now);
    }
}
