package com.uberpopug.ates.tasks.shuffle;

import com.uberpopug.ates.platform.security.Allowed;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.web.Problems;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shuffles, each of which gives every open task to a random worker. */
@RestController
@RequestMapping("/api/shuffles")
class ShuffleController {

    private final AssignTasks assignTasks;

    ShuffleController(AssignTasks assignTasks) {
        this.assignTasks = assignTasks;
    }

    @PostMapping
    @Allowed({Role.MANAGER, Role.ADMIN})
    @Operation(summary = "Assign all open tasks", description = "Managers and admins. It runs in the background.")
    @ApiResponse(responseCode = "202", description = "The shuffle, which waits for its turn")
    @ApiResponse(responseCode = "409", description = "There is no active popug or accountant to give tasks to")
    ResponseEntity<ShuffleView> assignTasks(Caller caller) {
        var id = assignTasks.request(caller)
                .orElseThrow(() -> Problems.conflict("There is no active popug or accountant to give tasks to"));
        return ResponseEntity.accepted().location(URI.create("/api/shuffles/" + id)).body(progress(id));
    }

    @GetMapping("/{id}")
    @Allowed({Role.MANAGER, Role.ADMIN})
    @Operation(summary = "How far a shuffle is", description = "Managers and admins.")
    ShuffleView progress(@Parameter(description = "The shuffle") @PathVariable UUID id) {
        return assignTasks.progress(id)
                .orElseThrow(() -> Problems.notFound("There is no shuffle " + id));
    }
}
