package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.Period;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.validation.BindingResult;
import org.springframework.web.ErrorResponseException;

/**
 * The dates of a form's two fields, which {@code period :: fields} shows with their errors.
 *
 * @param from null if it was left out
 * @param to   null if it was left out
 */
public record PeriodForm(@Nullable LocalDate from, @Nullable LocalDate to) {

    /** The requested period, by the rules of {@link Period#of}; the default period if it is invalid, with an error. */
    public Period period(LocalDate today, BindingResult errors) {
        return period(today, errors, Period::of, "period.refused");
    }

    /** The same by the rules of {@link Period#ofAnyLength}. */
    public Period periodOfAnyLength(LocalDate today, BindingResult errors) {
        return period(today, errors, Period::ofAnyLength, "period.turned-round");
    }

    private Period period(LocalDate today, BindingResult errors, Rules rules, String refusal) {
        if (!errors.hasErrors()) {
            try {
                return rules.period(from, to, today);
            } catch (ErrorResponseException _) {
                errors.rejectValue("from", refusal);
            }
        }
        return rules.period(null, null, today);
    }

    private interface Rules {
        Period period(@Nullable LocalDate from, @Nullable LocalDate to, LocalDate today);
    }
}
