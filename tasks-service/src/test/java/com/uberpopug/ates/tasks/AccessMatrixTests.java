package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.AccessMatrix;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who may call what; in a context of its own, because it starts shuffles. */
@ServiceTest(database = "tasks", properties = "db-scheduler.polling-interval=1h")
@Import({Company.class, Api.class})
class AccessMatrixTests extends AccessMatrix {

    @Autowired
    Company company;
    @Autowired
    JdbcClient db;

    @Override
    protected String table() {
        return """
                GET  /                        users
                GET  /tasks                   users
                GET  /tasks/new               users
                GET  /tasks/new/heading       users
                POST /tasks                   users
                GET  /tasks/{id}              users
                POST /tasks/{id}/complete     own
                GET  /people                  users
                GET  /shuffles                manager, admin
                GET  /shuffles/new            manager, admin
                POST /shuffles                manager, admin
                GET  /shuffles/{id}           manager, admin
                GET  /api/tasks               users
                POST /api/tasks               users
                GET  /api/tasks/mine          users
                GET  /api/tasks/{id}          users
                POST /api/tasks/{id}/complete own
                POST /api/shuffles            manager, admin
                GET  /api/shuffles/{id}       manager, admin
                GET  /login/oauth2/code/*     protocol
                POST /login/oauth2/code/*     protocol
                """;
    }

    @Override
    protected String path(String method, String pattern, UUID owner) {
        return pattern.contains("shuffles/")
                ? pattern.replace("{id}", shuffle().toString())
                : pattern.replace("*", "ates").replace("{id}",
                        company.taskOf(new Caller(owner, Role.POPUG)).toString());
    }

    private UUID shuffle() {
        var id = UUID.randomUUID();
        db.sql("""
                insert into shuffles (id, requested_by, requested_at, tasks_total, finished_at, assignees)
                values (?, gen_random_uuid(), now(), 0, now(), 0)
                """).param(id).update();
        return id;
    }
}
