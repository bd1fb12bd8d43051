package com.uberpopug.ates.platform.events;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SystemClock;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The recurring jobs of a service. db-scheduler schedules them once, when it starts, and goes on without those that it
 * could not schedule; here the schedule is looked through every five seconds, and a job that is missing, or lies
 * too far ahead, is put back.
 */
public final class Jobs implements SmartLifecycle {

    /** A job that should have run for longer than this is an alarm. */
    public static final Duration LATE = Duration.ofMinutes(1);
    static final Duration LOOK = Duration.ofSeconds(5);
    /** No job runs more seldom than once a day, which may have 25 hours. */
    static final int LONGEST_PAUSE_HOURS = 25;

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);
    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private final List<? extends RecurringTask<?>> tasks;
    private final @Nullable SchedulerClient scheduler;
    private final JdbcClient db;
    private final Instant since;
    private final Clock clock;
    private final Set<String> setUp = new HashSet<>();
    private @Nullable ScheduledExecutorService thread;

    /** @param scheduler null where the service's jobs do not run */
    Jobs(List<? extends RecurringTask<?>> tasks, @Nullable SchedulerClient scheduler, JdbcClient db, Clock clock) {
        this.tasks = scheduler == null ? List.of() : tasks;
        this.scheduler = scheduler;
        this.db = db;
        this.clock = clock;
        this.since = clock.instant();
    }

    /**
     * A job and how it goes, whichever instance runs it.
     *
     * @param next           when it runs next, or began to run; null where it is not scheduled
     * @param lastSuccess    when it last ended well; null where it never did
     * @param failures       how often it failed since then
     * @param overdueSeconds for how long it should have run and did not; 0 while it is on time
     * @param misplaced      whether its times are those of a clock that was ahead: it has run in the future, or is to
     *                       run more than {@value #LONGEST_PAUSE_HOURS} hours from now
     */
    public record Job(String name, @Nullable Instant next, @Nullable Instant lastSuccess, int failures,
            double overdueSeconds, boolean misplaced) {

        public boolean isLate() {
            return misplaced || overdueSeconds > LATE.toSeconds();
        }
    }

    /** For a job that seldom runs: after a failure it does not wait for its next time, but half a minute. */
    public static <T> FailureHandler<T> tryingAgain() {
        return new FailureHandler.OnFailureRetryLater<>(PAUSE_AFTER_FAILURE);
    }

    /**
     * All jobs by name, those included that are not scheduled. A job that runs, and whose instance lives, is on time.
     */
    public List<Job> all() {
        var all = new TreeMap<String, Job>();
        // A first failure is a moment's, and it is tried again; from the second on it counts as not having run.
        db.sql("""
                select name, execution_time as next, last_success, coalesce(consecutive_failures, 0) as failures,
                       greatest(0, extract(epoch from now() - case
                           when consecutive_failures > 1 then coalesce(last_success, :since)
                           when picked then greatest(execution_time, last_heartbeat + interval '10 s')
                           else coalesce(execution_time, :since)
                       end)) as overdue_seconds,
                       coalesce(last_success > now() + interval '1 minute'
                                or execution_time > now() + make_interval(hours => :hours), false) as misplaced
                  from unnest(:names::text[]) as name
                  left join scheduled_tasks on task_name = name and task_instance = :instance
                """).param("since", Timestamp.from(since)).param("hours", LONGEST_PAUSE_HOURS)
                .param("names", names().toArray(String[]::new))
                .param("instance", RecurringTask.INSTANCE).query(Job.class).list()
                .forEach(job -> all.put(job.name(), job));
        return List.copyOf(all.values());
    }

    Set<String> names() {
        var names = new TreeSet<String>();
        tasks.forEach(task -> names.add(task.getName()));
        return names;
    }

    /** By name, for how long each is overdue. */
    Map<String, Double> overdue() {
        var overdue = new TreeMap<String, Double>();
        all().forEach(job -> overdue.put(job.name(), job.overdueSeconds()));
        return overdue;
    }

    private void look(SchedulerClient client) {
        try {
            var missing = new HashSet<String>();
            var misplaced = new HashSet<String>();
            for (var job : all()) {
                if (job.next() == null) {
                    missing.add(job.name());
                } else if (job.misplaced()) {
                    misplaced.add(job.name());
                }
            }
            for (var task : tasks) {
                if (missing.contains(task.getName()) || !setUp.contains(task.getName())) {
                    task.onStartup(client, new SystemClock());
                    setUp.add(task.getName());
                }
                if (misplaced.contains(task.getName())
                        && client.reschedule(task.getDefaultTaskInstance(), clock.instant())) {
                    log.warn("The job {} was scheduled by a clock that was ahead; now it runs", task.getName());
                }
                if (missing.contains(task.getName())) {
                    log.warn("The job {} was not scheduled; now it is", task.getName());
                }
            }
        } catch (RuntimeException e) {
            log.warn("The schedule of the jobs cannot be looked through, next try in {} s: {}", LOOK.toSeconds(),
                    e.toString());
        }
    }

    @Override
    public synchronized void start() {
        var client = scheduler;
        var started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("jobs").daemon().factory());
        if (client != null) {
            var _ = started.scheduleWithFixedDelay(() -> look(client), LOOK.toMillis(), LOOK.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        thread = started;
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.shutdownNow();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
