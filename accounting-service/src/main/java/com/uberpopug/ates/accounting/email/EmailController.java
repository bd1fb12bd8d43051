package com.uberpopug.ates.accounting.email;

import com.uberpopug.ates.accounting.email.EmailView.Status;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.time.Clock;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Emails of payouts over REST. */
@RestController
@RequestMapping("/api/emails")
class EmailController {

    private final Emails emails;
    private final Clock clock;

    EmailController(Emails emails, Clock clock) {
        this.emails = emails;
        this.clock = clock;
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "The emails of payouts, the newest day first", description = "Accountants and admins.")
    Page<EmailView> all(
            @Parameter(description = "Only emails with this status") @RequestParam @Nullable Status status,
            @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit) {
        return emails.page(status, Cursor.decode(after, 2, Emails.After::parse), Page.limit(limit));
    }

    @GetMapping("/{id}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "The email of a payout", description = "Accountants and admins.")
    EmailView one(@Parameter(description = "The email") @PathVariable UUID id) {
        return emails.find(id).orElseThrow(() -> Problems.notFound("There is no email " + id));
    }

    @PostMapping("/{id}/retry")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Retry an email that was given up", description = "Accountants and admins. It is sent in the background, to the worker's current address.")
    @ApiResponse(responseCode = "202", description = "The email, which is PENDING")
    @ApiResponse(responseCode = "409", description = "The email is pending, or was sent before")
    ResponseEntity<EmailView> retry(@Parameter(description = "The email") @PathVariable UUID id) {
        var email = one(id);
        if (!emails.retry(id, clock.instant())) {
            throw Problems.conflict(email.status() == Status.PENDING
                    ? "The email is pending and is retried by itself"
                    : "The email was sent before");
        }
        return ResponseEntity.accepted().location(URI.create("/api/emails/" + id)).body(one(id));
    }

    /**
     * The result of a retry of several emails.
     *
     * @param emails number of emails to send again
     */
    record Retried(int emails) {
    }

    @PostMapping("/retry")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Retry all emails that were given up", description = "Accountants and admins. They are sent in the background, to the workers' current addresses.")
    @ApiResponse(responseCode = "202", description = "Number of emails, which are PENDING")
    ResponseEntity<Retried> retryAll(
            @Parameter(description = "Only emails of this business day") @RequestParam(name = "business_date") @Nullable LocalDate businessDate) {
        if (businessDate != null) {
            Period.onCalendar("business_date", businessDate);
        }
        return ResponseEntity.accepted().body(new Retried(emails.retryAll(businessDate, clock.instant())));
    }
}
