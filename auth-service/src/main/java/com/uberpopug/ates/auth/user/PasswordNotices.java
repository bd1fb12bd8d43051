package com.uberpopug.ates.auth.user;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.uberpopug.ates.auth.user.PasswordNotice.Kind;
import com.uberpopug.ates.platform.events.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Notifies owners by mail of links to set their password, of their use, and of a change of their address. Of each kind,
 * one person is sent at most {@value #AN_HOUR} mails an hour, and as many wait: one more would say nothing new.
 */
@Component
class PasswordNotices {

    static final int AN_HOUR = 5;
    static final Duration COUNTS_FOR = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(PasswordNotices.class);

    private final Scheduler scheduler;
    private final JdbcClient db;

    PasswordNotices(Scheduler scheduler, JdbcClient db) {
        this.scheduler = scheduler;
        this.db = db;
    }

    /** Schedules a mail in the caller's transaction, which holds the owner's lock. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void send(Kind kind, UUID owner, UUID maker, Instant at) {
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
        var notice = new PasswordNotice(Ids.next(), kind, owner, maker, at);
        scheduler.schedule(PasswordNotice.TASK.instance(ofOwner + notice.id()).data(notice).build(), at);
    }
}
