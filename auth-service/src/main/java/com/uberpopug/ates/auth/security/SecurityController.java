package com.uberpopug.ates.auth.security;

import com.uberpopug.ates.auth.security.SecurityEvents.Before;
import com.uberpopug.ates.platform.events.security.SecurityEntry.Outcome;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The security log over REST. */
@RestController
class SecurityController {

    private final SecurityEvents events;
    private final Dates dates;

    SecurityController(SecurityEvents events, Dates dates) {
        this.events = events;
        this.dates = dates;
    }

    @GetMapping("/api/security-events")
    @Allowed(Role.ADMIN)
    @Operation(summary = "The security log of all services, the newest first, optionally filtered", description = "Admins. Entries are kept for 400 days.")
    Page<SecurityEventView> all(
            @Parameter(description = "What happened") @RequestParam(required = false) @Nullable SecurityKind kind,
            @Parameter(description = "How it ended") @RequestParam(required = false) @Nullable Outcome outcome,
            @Parameter(description = "Who did it or whom it concerns") @RequestParam(required = false) @Nullable UUID user,
            @Parameter(description = "The remote address", example = "192.0.2.1") @RequestParam(required = false) @Nullable @PlainText(max = 45) String address,
            @Parameter(description = "The first date, in the company's time zone") @RequestParam(required = false) @Nullable LocalDate from,
            @Parameter(description = "The last date, in the company's time zone") @RequestParam(required = false) @Nullable LocalDate to,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        return events.page(dates.filter(kind, outcome, user, address, from, to), Before.decode(after),
                Page.limit(limit));
    }
}
