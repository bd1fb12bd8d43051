package com.uberpopug.ates.accounting.closing;

import com.uberpopug.ates.accounting.day.BusinessDayView;
import com.uberpopug.ates.accounting.day.DayReports;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Business days over REST, and their close. */
@RestController
@RequestMapping("/api/business-days")
class BusinessDayController {

    private final RequestClose requestClose;
    private final DayReports reports;

    BusinessDayController(RequestClose requestClose, DayReports reports) {
        this.requestClose = requestClose;
        this.reports = reports;
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "The business days, the newest first", description = "Accountants and admins.")
    Page<BusinessDayView> all(@RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        return reports.page(Cursor.decode(after, 1, parts -> Cursor.date(parts.getFirst())),
                Page.limit(limit));
    }

    @GetMapping("/{date}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "A business day, and the progress of its close", description = "Accountants and admins.")
    BusinessDayView one(@Parameter(description = "The date, in the company's time zone") @PathVariable LocalDate date) {
        return reports.find(date).orElseThrow(() -> unknown(date));
    }

    @PostMapping("/{date}/close")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @FreshSignIn
    @Operation(summary = "Close a business day and pay all workers", description = "Accountants and admins. Earlier open days are closed first. The close runs in the"
            + " background.")
    @ApiResponse(responseCode = "202", description = "The day, which is CLOSING")
    @ApiResponse(responseCode = "404", description = "There is no such business day")
    @ApiResponse(responseCode = "409", description = "The day has not begun, or its close was requested or finished before")
    ResponseEntity<BusinessDayView> close(
            @Parameter(description = "The date, in the company's time zone") @PathVariable LocalDate date,
            Caller caller) {
        if (!Period.isOnCalendar(date)) {
            throw unknown(date);
        }
        return switch (requestClose.request(date, caller.id())) {
            case REQUESTED -> ResponseEntity.accepted().location(URI.create("/api/business-days/" + date))
                    .body(one(date));
            case IN_THE_FUTURE -> throw Problems.conflict("The " + date + " has not begun yet");
            case UNKNOWN -> throw unknown(date);
            case BEING_CLOSED -> throw Problems.conflict("The " + date + " is being closed");
            case CLOSED_ALREADY -> throw Problems.conflict("The " + date + " is closed already");
        };
    }

    private static RuntimeException unknown(LocalDate date) {
        return Problems.notFound("There is no business day " + date);
    }
}
