package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.tasks.task.CreateTask.NewTask;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/tasks")
class TaskController {

    private final CreateTask createTask;
    private final CompleteTask completeTask;
    private final TaskList tasks;

    TaskController(CreateTask createTask, CompleteTask completeTask, TaskList tasks) {
        this.createTask = createTask;
        this.completeTask = completeTask;
        this.tasks = tasks;
    }

    @PostMapping
    @Operation(summary = "Create a task", description = "Anyone signed in may. It is priced soon after.")
    ResponseEntity<TaskView> create(@Valid @RequestBody NewTask wanted, Caller caller) {
        var id = createTask.create(wanted, caller.id());
        return ResponseEntity.created(URI.create("/api/tasks/" + id)).body(existing(id));
    }

    @GetMapping
    @Operation(summary = "All tasks, the newest first")
    Page<TaskView> all(@RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        return tasks.all(Cursor.id(after), Page.limit(limit));
    }

    @GetMapping("/mine")
    @Operation(summary = "What is assigned to me and waits for me")
    Page<TaskView> mine(Caller caller, @RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        return tasks.assignedTo(caller.id(), Cursor.id(after), Page.limit(limit));
    }

    @GetMapping("/{id}")
    @Operation(summary = "One task")
    TaskView one(@PathVariable UUID id) {
        return existing(id);
    }

    @PostMapping("/{id}/complete")
    @Operation(summary = "Complete a task", description = "Only its assignee can, and only once.")
    TaskView complete(@PathVariable UUID id, Caller caller) {
        return switch (completeTask.complete(id, caller.id())) {
            case COMPLETED -> existing(id);
            case UNKNOWN_TASK -> throw unknown(id);
            case ALREADY_COMPLETED -> throw Problems.conflict("The task is completed already");
            case NO_LONGER_YOURS -> throw Problems.conflict("The task is no longer assigned to you");
            case NOT_YOURS -> throw Problems.forbidden("The task is not assigned to you");
        };
    }

    private TaskView existing(UUID id) {
        return tasks.find(id).orElseThrow(() -> unknown(id));
    }

    private static RuntimeException unknown(UUID id) {
        return Problems.notFound("There is no task " + id);
    }
}
