package com.uberpopug.ates.analytics.projection;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.security.Caller;
import java.time.Clock;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Requests a rebuild of all projections, which then runs in the background on one instance. */
@Component
class RequestRebuild {

    private final Rebuilds rebuilds;
    private final Scheduler scheduler;
    private final Clock clock;

    RequestRebuild(Rebuilds rebuilds, Scheduler scheduler, Clock clock) {
        this.rebuilds = rebuilds;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** False if another rebuild is unfinished. */
    @Transactional
    boolean request(Caller caller) {
        var id = Ids.next();
        if (!rebuilds.request(id, caller.id())) {
            return false;
        }
        scheduler.scheduleIfNotExists(RebuildJob.TASK.instance(id.toString()).build(), clock.instant());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            /** Before the commit the new job is invisible to the scheduler. */
            @Override
            public void afterCommit() {
                scheduler.triggerCheckForDueExecutions();
            }
        });
        return true;
    }
}
