package com.uberpopug.ates.analytics.projection;

import com.uberpopug.ates.analytics.projection.CheckProjections.ProjectionCheckResult;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The projections as a whole over REST, for admins: rebuild and check. */
@RestController
@RequestMapping("/api/projections")
class ProjectionController {

    static final Duration PAUSE = Duration.ofSeconds(10);
    private static final URI ADDRESS = URI.create("/api/projections");

    private final Rebuilds rebuilds;
    private final RequestRebuild requestRebuild;
    private final CheckProjections check;

    ProjectionController(Rebuilds rebuilds, RequestRebuild requestRebuild, CheckProjections check) {
        this.rebuilds = rebuilds;
        this.requestRebuild = requestRebuild;
        this.check = check;
    }

    /**
     * The state of the projections.
     *
     * @param rebuild the latest rebuild; null before the first one
     */
    record ProjectionsReport(@Nullable RebuildView rebuild) {
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    @Operation(summary = "The latest rebuild of the projections and its progress", description = "Admins only.")
    ProjectionsReport projections() {
        return new ProjectionsReport(rebuilds.latest().orElse(null));
    }

    @PostMapping("/rebuild")
    @Allowed(Role.ADMIN)
    @Operation(summary = "Rebuild all projections from the topics", description = "Admins only. The rebuild runs in the background on one instance;"
            + " requests are answered from the rows before until it ends, and then the rows that differ are replaced in one"
            + " transaction. `GET /api/projections` reports the progress.")
    @ApiResponse(responseCode = "202", description = "The rebuild is requested; its progress is at `Location`")
    @ApiResponse(responseCode = "409", description = "Another rebuild is unfinished; its progress is at `Location`")
    ResponseEntity<ProjectionsReport> rebuild(Caller caller) {
        if (!requestRebuild.request(caller)) {
            var refused = Problems.conflict("Another rebuild is unfinished");
            refused.getHeaders().setLocation(ADDRESS);
            throw refused;
        }
        return ResponseEntity.accepted().location(ADDRESS).body(projections());
    }

    @GetMapping("/check")
    @Allowed(Role.ADMIN)
    @Operation(summary = "Check the projections", description = "Admins only. Compares the projections with each other, with"
            + " a copy made of the topics anew, and with the totals that accounting announced for closed days, and lists"
            + " every difference. It reads all topics, from their beginning. An instance runs one"
            + " check at a time; a second request is answered with 503.")
    ProjectionCheckResult check(
            @Parameter(description = "Whether the projections are compared with the topics") @RequestParam(defaultValue = "true") boolean events) {
        return check.run(events).orElseThrow(ProjectionController::checkIsRunning);
    }

    static RuntimeException checkIsRunning() {
        return Problems.notNow("A check is running on this instance; try again later", PAUSE);
    }
}
