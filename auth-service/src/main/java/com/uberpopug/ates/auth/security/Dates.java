package com.uberpopug.ates.auth.security;

import com.uberpopug.ates.auth.security.SecurityEvents.Filter;
import com.uberpopug.ates.platform.events.security.SecurityEntry.Outcome;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.web.Period;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The dates of a filter, in the company's time zone. */
@Component
class Dates {

    private final ZoneId zone;

    Dates(@Value("${ates.time-zone}") ZoneId zone) {
        this.zone = zone;
    }

    /**
     * A filter; both dates are included, and null is any.
     *
     * @throws org.springframework.web.ErrorResponseException 400 where a date is not on the calendar
     */
    Filter filter(@Nullable SecurityKind kind, @Nullable Outcome outcome, @Nullable UUID user,
            @Nullable String address, @Nullable LocalDate from, @Nullable LocalDate to) {
        return new Filter(kind == null ? null : kind.name(), outcome == null ? null : outcome.name(), user,
                address == null || address.isBlank() ? null : address.strip(), start("from", from, 0),
                start("to", to, 1));
    }

    private @Nullable Instant start(String parameter, @Nullable LocalDate date, int daysLater) {
        return date == null
                ? null
                : Period.onCalendar(parameter, date).plusDays(daysLater).atStartOfDay(zone).toInstant();
    }
}
