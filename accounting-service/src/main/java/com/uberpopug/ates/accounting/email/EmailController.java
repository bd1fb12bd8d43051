package com.uberpopug.ates.accounting.email;

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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The emails that tell workers of their payouts. */
@RestController
@RequestMapping("/api/emails")
class EmailController {

    private static final String EMAILS = """
            select fact_id as id, worker_id as user_id, business_date, paid_cents, status, attempts,
                   case status when 'PENDING' then next_attempt_at end as next_attempt_at, last_error, sent_at
              from emails
            """;

    private final Emails emails;
    private final JdbcClient db;
    private final Clock clock;

    EmailController(Emails emails, JdbcClient db, Clock clock) {
        this.emails = emails;
        this.db = db;
        this.clock = clock;
    }

    enum Status {
        PENDING, SENT, GIVEN_UP
    }

    private record Place(LocalDate date, UUID id) {
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "The emails of payouts, the newest day first", description = "Accountants and admins.")
    Page<EmailView> all(
            @Parameter(description = "Those of a status") @RequestParam @Nullable Status status,
            @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit) {
        var place = Cursor
                .decode(after, 2, parts -> new Place(Cursor.date(parts.get(0)), Cursor.uuid(parts.get(1))))
                .orElse(null);
        int rows = Page.limit(limit);
        // Literal, so that the planner sees that the index on those few that were not sent will do.
        var found = db.sql(EMAILS + (status == null ? " where true" : " where status = '" + status.name() + "'") + """
                   and (:date::date is null or (business_date, fact_id) < (:date::date, :id::uuid))
                 order by business_date desc, fact_id desc limit :rows
                """)
                .param("date", place == null ? null : place.date()).param("id", place == null ? null : place.id())
                .param("rows", rows + 1).query(EmailView.class).list();
        return Page.of(found, rows, email -> Cursor.of(email.businessDate(), email.id()));
    }

    @GetMapping("/{id}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "The email of a payout", description = "Accountants and admins.")
    EmailView one(@Parameter(description = "The email") @PathVariable UUID id) {
        return db.sql(EMAILS + " where fact_id = ?").param(id).query(EmailView.class).optional()
                .orElseThrow(() -> Problems.notFound("There is no email " + id));
    }

    @PostMapping("/{id}/retry")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Send an email that was given up on", description = "Accountants and admins. It goes to the address that is known now, in the background.")
    @ApiResponse(responseCode = "202", description = "The email, which is PENDING")
    @ApiResponse(responseCode = "409", description = "The email is still being tried, or was sent already")
    ResponseEntity<EmailView> retry(@Parameter(description = "The email") @PathVariable UUID id) {
        var email = one(id);
        if (!emails.retry(id, clock.instant())) {
            throw Problems.conflict("PENDING".equals(email.status())
                    ? "The email is still being tried"
                    : "The email was sent already");
        }
        return ResponseEntity.accepted().location(URI.create("/api/emails/" + id)).body(one(id));
    }

    /**
     * The emails that are sent after all.
     *
     * @param emails how many they are
     */
    record Retried(int emails) {
    }

    @PostMapping("/retry")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Send all emails that were given up on", description = "Accountants and admins. They go to the addresses that are known now, in the background.")
    @ApiResponse(responseCode = "202", description = "How many these are; they are PENDING")
    ResponseEntity<Retried> retryAll(
            @Parameter(description = "Those of a business day only") @RequestParam(name = "business_date") @Nullable LocalDate businessDate) {
        if (businessDate != null) {
            Period.onCalendar("business_date", businessDate);
        }
        return ResponseEntity.accepted().body(new Retried(emails.retryAll(businessDate, clock.instant())));
    }
}
