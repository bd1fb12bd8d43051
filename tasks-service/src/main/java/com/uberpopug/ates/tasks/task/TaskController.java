package com.uberpopug.ates.tasks.task;

import static java.util.stream.Collectors.toSet;

import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.IfMatch;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Versioned;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.tasks.task.CreateTask.NewTask;
import com.uberpopug.ates.tasks.task.Task.Status;
import com.uberpopug.ates.tasks.task.TaskList.Filter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tasks over REST: every user reads all tasks and may create one. */
@RestController
@RequestMapping("/api/tasks")
class TaskController {

    private static final String TEXT = "A text in the title or the Jira id; upper and lower case are equal. An id in "
            + "brackets before the text, `[UBERPOP-42] button`, is looked for exactly";

    private final CreateTask createTask;
    private final CompleteTask completeTask;
    private final TaskList tasks;

    TaskController(CreateTask createTask, CompleteTask completeTask, TaskList tasks) {
        this.createTask = createTask;
        this.completeTask = completeTask;
        this.tasks = tasks;
    }

    @PostMapping
    @AllowedToUsers
    @Operation(summary = "Create a task", description = "Every signed-in user may. The price follows within moments. A Jira id before the title, `[UBERPOP-42] - Repaint the button`, is taken out of it, whatever the dash, the spaces and the square brackets.")
    @ApiResponse(responseCode = "201", description = "The task, which is NEW")
    Versioned<TaskView> create(@Valid @RequestBody NewTask wanted, Caller caller) {
        var id = createTask.create(wanted, caller.id());
        var task = existing(id);
        return Versioned.created(URI.create("/api/tasks/" + id), task, task.version());
    }

    @GetMapping
    @AllowedToUsers
    @Operation(summary = "All tasks, the newest first", description = "Filtered by status, assignee, and a text in the title or the Jira id.")
    Page<TaskView> all(Caller caller,
            @Parameter(description = "One or more statuses") @ArraySchema(schema = @Schema(allowableValues = {"NEW",
                    "READY", "ASSIGNED",
                    "COMPLETED"})) @RequestParam @Nullable List<String> status,
            @Parameter(description = "A user's id, or `me`", example = "me") @Schema(maxLength = 36) @RequestParam @Nullable String assignee,
            @Parameter(description = TEXT, example = "button") @RequestParam @Nullable @PlainText(min = 1, max = 200) String q,
            @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit) {
        return tasks.page(new Filter(statuses(status), assignee(assignee, caller), q), Cursor.id(after),
                Page.limit(limit));
    }

    @GetMapping("/mine")
    @AllowedToUsers
    @Operation(summary = "My assigned tasks, the newest first")
    Page<TaskView> mine(Caller caller,
            @Parameter(description = TEXT, example = "button") @RequestParam @Nullable @PlainText(min = 1, max = 200) String q,
            @RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        return tasks.page(new Filter(EnumSet.of(Status.ASSIGNED), caller.id(), q), Cursor.id(after),
                Page.limit(limit));
    }

    @GetMapping("/{id}")
    @AllowedToUsers
    @Operation(summary = "One task")
    Versioned<TaskView> one(@Parameter(description = "The task") @PathVariable UUID id) {
        return versioned(id);
    }

    @PostMapping("/{id}/complete")
    @AllowedToUsers
    @Operation(summary = "Complete a task", description = "Only its assignee can, and only once. `If-Match` takes the task's `ETag`: a task that was assigned to you again since, for another fee, stays uncompleted.")
    @ApiResponse(responseCode = "200", description = "The task, which is COMPLETED")
    @ApiResponse(responseCode = "403", description = "The task is not assigned to you")
    @ApiResponse(responseCode = "409", description = "The task is completed already, or no longer assigned to you")
    Versioned<TaskView> complete(@Parameter(description = "The task") @PathVariable UUID id, Caller caller,
            IfMatch versions) {
        return switch (completeTask.complete(id, caller.id(), task -> versions.allows(task.version()))) {
            case COMPLETED -> versioned(id);
            case CHANGED_MEANWHILE -> throw IfMatch.changedMeanwhile(existing(id).version());
            case UNKNOWN_TASK -> throw unknown(id);
            case ALREADY_COMPLETED -> throw Problems.conflict("The task is completed already");
            case NO_LONGER_YOURS -> throw Problems.conflict("The task is no longer assigned to you");
            case NOT_YOURS -> throw Problems.forbidden("The task is not assigned to you");
        };
    }

    private Versioned<TaskView> versioned(UUID id) {
        var task = existing(id);
        return Versioned.ok(task, task.version());
    }

    private TaskView existing(UUID id) {
        return tasks.find(id).orElseThrow(() -> unknown(id));
    }

    private static RuntimeException unknown(UUID id) {
        return Problems.notFound("There is no task " + id);
    }

    private static Set<Status> statuses(@Nullable List<String> names) {
        try {
            if (names == null || !names.isEmpty()) {
                return names == null ? Set.of() : names.stream().map(Status::valueOf).collect(toSet());
            }
        } catch (IllegalArgumentException _) {
            // Refused below, as an empty list is.
        }
        throw Problems.badRequest("status", "must be among " + List.of(Status.values()));
    }

    private static @Nullable UUID assignee(@Nullable String text, Caller caller) {
        try {
            return text == null ? null : text.equals("me") ? caller.id() : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Problems.badRequest("assignee", "must be a UUID, or me");
        }
    }
}
