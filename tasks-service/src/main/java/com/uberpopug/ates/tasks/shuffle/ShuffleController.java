package com.uberpopug.ates.tasks.shuffle;

import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.shuffle.RequestShuffle.Outcome;
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
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shuffles over REST: each assigns every open task to a random worker. */
@RestController
@RequestMapping("/api/shuffles")
class ShuffleController {

    private final RequestShuffle requestShuffle;
    private final ShuffleReports reports;

    ShuffleController(RequestShuffle requestShuffle, ShuffleReports reports) {
        this.requestShuffle = requestShuffle;
        this.reports = reports;
    }

    @PostMapping
    @Allowed({Role.MANAGER, Role.ADMIN})
    @Operation(summary = "Assign all open tasks", description = "Managers and admins. The shuffle runs in the background."
            + " A second request of the same caller within `ates.tasks.shuffle-pause` (5 seconds) is refused, because it"
            + " would charge every assignee again; `again=true` requests it all the same.")
    @ApiResponse(responseCode = "202", description = "The shuffle, which runs after all earlier ones")
    @ApiResponse(responseCode = "409", description = "The caller requested the shuffle at `Location` within the pause, or"
            + " no popug or accountant is active")
    ResponseEntity<ShuffleView> requestShuffle(
            @Parameter(description = "Whether the shuffle is requested even within the pause after the caller's last one") @RequestParam(defaultValue = "false") boolean again,
            Caller caller) {
        return switch (requestShuffle.request(caller, again)) {
            case Outcome.Begun(var id) -> ResponseEntity.accepted().location(address(id)).body(progress(id));
            case Outcome.JustBegun(var id) -> throw justBegun(id);
            case Outcome.NoWorkers() ->
                throw Problems.conflict("No popug or accountant is active: there is nobody to assign tasks to");
            case Outcome.Overtaken() -> throw new IllegalStateException("Requests over REST follow no page");
        };
    }

    @GetMapping("/{id}")
    @Allowed({Role.MANAGER, Role.ADMIN})
    @Operation(summary = "The progress of a shuffle", description = "Managers and admins.")
    ShuffleView progress(@Parameter(description = "The shuffle") @PathVariable UUID id) {
        return reports.find(id)
                .orElseThrow(() -> Problems.notFound("There is no shuffle " + id));
    }

    private static RuntimeException justBegun(UUID id) {
        var refused = Problems.conflict("You requested shuffle " + id
                + " a moment ago, and no other was begun; again=true requests one more");
        refused.getHeaders().setLocation(address(id));
        return refused;
    }

    private static URI address(UUID id) {
        return URI.create("/api/shuffles/" + id);
    }
}
