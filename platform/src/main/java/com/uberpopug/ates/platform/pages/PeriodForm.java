package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.Period;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.validation.BindingResult;
import org.springframework.web.ErrorResponseException;

/**
 * The dates of a form's two fields, {@code period :: fields}, where what is wrong with them is said.
 *
 * @param from null where it was left out
 * @param to   null where it was left out
 */
public record PeriodForm(@Nullable LocalDate from, @Nullable LocalDate to) {

    /** The period that is asked for, by the rules of {@link Period#of}; the last days, where it cannot be had. */
    public Period period(LocalDate today, BindingResult errors) {
        if (!errors.hasErrors()) {
            try {
                return Period.of(from, to, today);
            } catch (ErrorResponseException _) {
                errors.rejectValue("from", "period.refused");
            }
        }
        return Period.of(null, null, today);
    }
}
