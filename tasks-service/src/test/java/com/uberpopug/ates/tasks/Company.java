package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Users and tasks of a test, inserted in the state that their histories would have left. */
public final class Company {

    public static final long FEE_CENTS = 1_500;
    public static final long AMOUNT_CENTS = 3_200;

    private final JdbcClient db;

    public Company(JdbcClient db) {
        this.db = db;
    }

    /** Deletes all users, tasks, shuffles and outbox rows. */
    public void clear() {
        List.of("scheduled_tasks where task_name = 'shuffle'", "latest_shuffles", "shuffles", "assignments", "tasks",
                "users", "outbox").forEach(rows -> db.sql("delete from " + rows).update());
    }

    /** Inserts an active user. */
    public Caller hire(Role role) {
        var user = new Caller(Ids.next(), role);
        db.sql("insert into users (id, login, display_name, role, active, sequence) values (?, ?, ?, ?, true, 1)")
                .params(user.id(), "popug-" + user.id(), "Popug", role.wire()).update();
        return user;
    }

    public void deactivate(Caller user) {
        db.sql("update users set active = false where id = ?").param(user.id()).update();
    }

    public UUID newTask() {
        return tasks(1, "NEW", null).getFirst();
    }

    public List<UUID> readyTasks(int count) {
        return tasks(count, "READY", null);
    }

    public UUID taskOf(Caller assignee) {
        return tasksOf(assignee, 1).getFirst();
    }

    public List<UUID> tasksOf(Caller assignee, int count) {
        return tasks(count, "ASSIGNED", assignee.id());
    }

    public UUID taskCompletedBy(Caller assignee) {
        return tasks(1, "COMPLETED", assignee.id()).getFirst();
    }

    private List<UUID> tasks(int count, String status, @Nullable UUID assignee) {
        var ids = Stream.generate(Ids::next).limit(count).toList();
        db.sql("""
                with stored as (
                    insert into tasks (id, title, status, created_by, created_at, fee_cents, amount_cents, assignee_id,
                                       assignment_number, assigned_at, completed_at, facts, version)
                    select id, 'Repaint the button', :status, :creator, now(),
                           case when :status <> 'NEW' then :fee end, case when :status <> 'NEW' then :amount end,
                           :assignee, num_nonnulls(:assignee), case when :assignee is not null then now() end,
                           case when :status = 'COMPLETED' then now() end,
                           array_position(array['NEW', 'READY', 'ASSIGNED', 'COMPLETED'], :status), 0
                      from unnest(:ids) as task (id)
                )
                insert into assignments (task_id, number, assignee_id, assigned_at)
                select id, 1, :assignee, now() from unnest(:ids) as task (id) where :assignee is not null
                """.replace(":assignee", ":assignee::uuid").replace(":status", ":status::text"))
                .param("ids", SqlArray.uuids(ids)).param("status", status).param("creator", Ids.next())
                .param("fee", FEE_CENTS).param("amount", AMOUNT_CENTS).param("assignee", assignee).update();
        return ids;
    }

    /** The number of facts of a task. */
    public long factsOf(UUID task) {
        return db.sql("select facts from tasks where id = ?").param(task).query(Long.class).single();
    }
}
