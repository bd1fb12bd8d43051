package com.uberpopug.ates.analytics.task;

import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.Period;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Owns the known parts of each task: title, completion and reward. They arrive in any order, each once: the first one
 * creates the row, and none replaces another.
 */
@Repository
public class Tasks {

    private final JdbcClient db;

    Tasks(JdbcClient db) {
        this.db = db;
    }

    /** A task's title and Jira id, or its completion. */
    record Progress(UUID taskId, @Nullable String jiraId, @Nullable String title, @Nullable UUID assigneeId,
            @Nullable Instant completedAt) {

        /** What this one lacks, from one that came after it. A title and its id belong together. */
        private Progress completedBy(Progress later) {
            var titled = title == null ? later : this;
            var completed = completedAt == null ? later : this;
            return new Progress(taskId, titled.jiraId, titled.title, completed.assigneeId, completed.completedAt);
        }
    }

    /** The credit for a completed task. */
    public record Reward(UUID taskId, UUID transferId, long amountCents, LocalDate businessDate) {
    }

    /**
     * The most expensive task.
     *
     * @param taskId the task
     * @param jiraId the task's id in Jira; null for none, and until the title is known
     * @param title null until it is known, possibly after the reward
     * @param amountCents the assignee's reward
     * @param businessDate the date of the reward
     * @param completedAt when it was completed
     * @param assigneeId the popug who completed it
     */
    public record MostExpensive(UUID taskId, @Schema(example = "UBERPOP-42") @Nullable String jiraId,
            @Schema(example = "Repaint the button") @Nullable String title,
            @Schema(example = "4000") long amountCents, LocalDate businessDate,
            Instant completedAt, UUID assigneeId) {

        /** Splits a title that an instance from before Tasks.Created/v2 has stored. */
        public MostExpensive {
            if (title != null) {
                var stored = TaskTitle.stored(jiraId, title);
                jiraId = stored.jiraId();
                title = stored.text();
            }
        }
    }

    void progress(Collection<Progress> received) {
        var tasks = new LinkedHashMap<UUID, Progress>();
        received.forEach(each -> tasks.merge(each.taskId(), each, Progress::completedBy));
        db.sql("""
                insert into tasks (task_id, jira_id, title, assignee_id, completed_at)
                select task_id, jira_id, title, assignee_id, completed_at
                  from unnest(:tasks, :jiraIds, :titles, :assignees, :completed)
                       as received (task_id, jira_id, title, assignee_id, completed_at)
                 order by task_id
                on conflict (task_id) do update
                   set jira_id = case when tasks.title is null then excluded.jira_id else tasks.jira_id end,
                       title = coalesce(tasks.title, excluded.title),
                       assignee_id = coalesce(tasks.assignee_id, excluded.assignee_id),
                       completed_at = coalesce(tasks.completed_at, excluded.completed_at)
                """)
                .param("tasks", SqlArray.uuids(tasks.values(), Progress::taskId))
                .param("jiraIds", SqlArray.texts(tasks.values(), Progress::jiraId))
                .param("titles", SqlArray.texts(tasks.values(), Progress::title))
                .param("assignees", SqlArray.uuids(tasks.values(), Progress::assigneeId))
                .param("completed", SqlArray.instants(tasks.values(), Progress::completedAt))
                .update();
    }

    /** Stores the rewards of tasks. */
    public void reward(Collection<Reward> rewards) {
        db.sql("""
                insert into tasks (task_id, reward_transfer_id, amount_cents, business_date)
                select task_id, transfer_id, amount_cents, business_date
                  from unnest(:tasks, :transfers, :amounts, :dates)
                       as reward (task_id, transfer_id, amount_cents, business_date)
                 order by task_id
                on conflict (task_id) do update
                   set reward_transfer_id = excluded.reward_transfer_id, amount_cents = excluded.amount_cents,
                       business_date = excluded.business_date
                 where tasks.reward_transfer_id is null
                """)
                .param("tasks", SqlArray.uuids(rewards, Reward::taskId))
                .param("transfers", SqlArray.uuids(rewards, Reward::transferId))
                .param("amounts", SqlArray.longs(rewards, Reward::amountCents))
                .param("dates", SqlArray.dates(rewards, Reward::businessDate))
                .update();
    }

    /** Stores corrected transfers; the task of a corrected reward no longer counts. */
    public void correct(Collection<UUID> transferIds) {
        db.sql("""
                insert into corrected_transfers (transfer_id)
                select transfer_id from unnest(:transfers) as transfer_id order by transfer_id
                on conflict do nothing
                """).param("transfers", SqlArray.uuids(transferIds)).update();
    }

    /** Of equally expensive tasks, the one completed first. */
    Optional<MostExpensive> mostExpensive(Period period) {
        return Optional.ofNullable(mostExpensive(List.of(period)).get(period));
    }

    /** The same for several periods; a period without completed tasks has no entry. */
    public Map<Period, MostExpensive> mostExpensive(Collection<Period> periods) {
        // The index yields each date's most expensive task directly, so a month costs 31 look-ups instead of a scan of
        // all its tasks.
        return db.sql("""
                select distinct on (period.first, period.last) period.*, task.*
                  from unnest(:froms, :tos) as period (first, last)
                 cross join generate_series(first, last, interval '1 day') as day
                 cross join lateral (
                       select task_id, jira_id, title, amount_cents, business_date, completed_at, assignee_id
                         from tasks
                        where business_date = day::date and completed_at is not null
                          and not exists (
                              select from corrected_transfers where transfer_id = reward_transfer_id)
                        order by amount_cents desc, completed_at, task_id
                        limit 1) as task
                 order by period.first, period.last, amount_cents desc, completed_at, task_id
                """)
                .param("froms", SqlArray.dates(periods, Period::from)).param("tos", SqlArray.dates(periods, Period::to))
                .query((row, _) -> Map.entry(
                        new Period(row.getObject("first", LocalDate.class), row.getObject("last", LocalDate.class)),
                        new MostExpensive(row.getObject("task_id", UUID.class), row.getString("jira_id"),
                                row.getString("title"),
                                row.getLong("amount_cents"), row.getObject("business_date", LocalDate.class),
                                row.getTimestamp("completed_at").toInstant(),
                                row.getObject("assignee_id", UUID.class))))
                .list().stream().collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
