package com.uberpopug.ates.tasks.shuffle;

import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.web.Problems;
import io.swagger.v3.oas.annotations.Operation;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/shuffles")
class ShuffleController {

    private final AssignTasks assignTasks;
    private final JdbcClient db;

    ShuffleController(AssignTasks assignTasks, JdbcClient db) {
        this.assignTasks = assignTasks;
        this.db = db;
    }

    @PostMapping
    @Operation(summary = "Assign all open tasks", description = "Managers and admins. It runs in the background.")
    ResponseEntity<ShuffleView> assignTasks(Caller caller) {
        var id = assignTasks.request(caller)
                .orElseThrow(() -> Problems.conflict("There is no active popug or accountant to give tasks to"));
        return ResponseEntity.accepted().location(URI.create("/api/shuffles/" + id)).body(progress(id, caller));
    }

    @GetMapping("/{id}")
    @Operation(summary = "How far a shuffle is")
    ShuffleView progress(@PathVariable UUID id, Caller caller) {
        caller.mustBe(Role.MANAGER, Role.ADMIN);
        return db.sql("select * from shuffles where id = :id").param("id", id).query(ShuffleController::view).optional()
                .orElseThrow(() -> Problems.notFound("There is no shuffle " + id));
    }

    private static ShuffleView view(ResultSet row, int number) throws SQLException {
        var finished = row.getTimestamp("finished_at");
        return new ShuffleView(row.getObject("id", UUID.class), finished == null ? "RUNNING" : "FINISHED",
                row.getLong("tasks_total"), row.getLong("tasks_done"), row.getObject("requested_by", UUID.class),
                row.getTimestamp("requested_at").toInstant(), finished == null ? null : finished.toInstant());
    }
}
