package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.platform.events.Failure;
import com.uberpopug.ates.platform.events.inbox.StoredDeadLetters;
import com.uberpopug.ates.platform.events.inbox.StoredDeadLetters.Outcome;
import com.uberpopug.ates.platform.web.DeadLetterViews.Content;
import com.uberpopug.ates.platform.web.DeadLetterViews.Summary;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The dead letters of this service, for admins. */
@RestController
@RequestMapping("/api/dead-letters")
final class DeadLetterController {

    private static final String ID = DeadLetterViews.ID;
    /** The member of a problem that holds why the record failed again. */
    private static final String CAUSE = "cause";

    private final StoredDeadLetters letters;

    DeadLetterController(StoredDeadLetters letters) {
        this.letters = letters;
    }

    /**
     * How to replay a dead letter.
     *
     * @param dryRun whether it is only tried, and rolled back in any case; false if left out
     */
    record ReplayRequest(@Nullable Boolean dryRun) {
    }

    /**
     * What was done.
     *
     * @param id      of the letter
     * @param dryRun  whether it was only tried
     * @param outcome {@code applied}, or in a dry run {@code would_be_applied}
     */
    record Replayed(@Schema(example = ID) String id, boolean dryRun,
            @Schema(allowableValues = {
                    "applied", "would_be_applied"}, example = "would_be_applied") String outcome){
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    @Operation(summary = "What this service has set aside, the newest first", description = "Admins.")
    Page<Summary> list(@RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        return DeadLetterViews.page(letters, after, limit);
    }

    @GetMapping("/{id}")
    @Allowed(Role.ADMIN)
    @Operation(summary = "A dead letter with its content", description = "Admins.")
    Content one(
            @Parameter(description = "The dead letter", example = ID) @PathVariable String id) {
        return letters.find(DeadLetterViews.id(id)).map(Content::of).orElseThrow(() -> noSuch(id));
    }

    @PostMapping("/{id}/replay")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    @Operation(summary = "Apply a dead letter after all", description = "Admins. By the consumer that has set it aside, and once.")
    @ApiResponse(responseCode = "200", description = "What came of it")
    @ApiResponse(responseCode = "409", description = "The fact has been applied already, the dead letter was discarded, or nobody here reacts to it any more")
    @ApiResponse(responseCode = "422", description = "It fails again")
    Replayed replay(
            @Parameter(description = "The dead letter", example = ID) @PathVariable String id,
            @RequestBody(required = false) @Nullable ReplayRequest request, Caller caller) {
        boolean dryRun = request != null && Boolean.TRUE.equals(request.dryRun());
        return switch (letters.replay(DeadLetterViews.id(id), dryRun, caller.id())) {
            case Outcome.Applied() -> new Replayed(id, dryRun, dryRun ? "would_be_applied" : "applied");
            case Outcome outcome -> throw refused(id, outcome);
        };
    }

    @PostMapping("/{id}/discard")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    @Operation(summary = "Give up on a dead letter", description = "Admins. It waits no longer and is not replayed any more. It stays in the list until its 30 days are over.")
    @ApiResponse(responseCode = "200", description = "The dead letter, which is discarded")
    @ApiResponse(responseCode = "409", description = "The fact has been applied already, or the dead letter was discarded before")
    Summary discard(@Parameter(description = "The dead letter", example = ID) @PathVariable String id, Caller caller) {
        return switch (letters.discard(DeadLetterViews.id(id), caller.id())) {
            case Outcome.Discarded(var letter) -> Summary.of(letter);
            case Outcome outcome -> throw refused(id, outcome);
        };
    }

    private static ErrorResponseException refused(String id, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Unknown() -> noSuch(id);
            case Outcome.AppliedBefore() -> Problems.conflict("The fact has been applied already");
            case Outcome.DiscardedBefore() -> Problems.conflict("The dead letter was discarded");
            case Outcome.NotHandled(var reason) -> Problems.conflict(reason);
            case Outcome.NotStored(var reason) -> Problems.conflict(reason);
            case Outcome.FailedAgain(var cause) -> failsAgain(Failure.describe(cause));
            case Outcome.Applied(),Outcome.Discarded(_) -> throw new IllegalStateException(outcome.toString());
        };
    }

    private static ErrorResponseException failsAgain(String cause) {
        var problem = Problems.unprocessable("It fails again: " + cause);
        problem.getBody().setProperty(CAUSE, cause);
        return problem;
    }

    private static ErrorResponseException noSuch(String id) {
        return Problems.notFound("There is no dead letter " + id);
    }
}
