package com.uberpopug.ates.analytics.earnings;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.analytics.AnalyticsTest;
import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.earnings.Earnings.Announced;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** On 23 November 2026. */
@AnalyticsTest
class EarningsTests {

    @Autowired
    private MockMvcTester http;

    @Autowired
    private Earnings earnings;

    @Autowired
    private BusinessDays businessDays;

    @BeforeEach
    void some_days() {
        earnings.announce(List.of(earned("2026-11-20", -3_700), earned("2026-11-22", 1_200),
                earned("2026-11-23", 4_500), earned("2026-11-24", 600)));
    }

    @Test
    void every_date_of_the_period_is_listed() {
        assertThat(ask("?from=2026-11-20&to=2026-11-22")).bodyJson().isStrictlyEqualTo("""
                {"today": {"business_date": "2026-11-23", "earned_cents": 4500},
                 "days": [{"business_date": "2026-11-20", "earned_cents": -3700},
                          {"business_date": "2026-11-21", "earned_cents": 0},
                          {"business_date": "2026-11-22", "earned_cents": 1200}]}
                """);
    }

    @Test
    void default_period_is_the_last_30_days() {
        assertThat(ask("")).bodyJson().satisfies(report -> {
            report.assertThat().extractingPath("$.days.length()").isEqualTo(30);
            report.assertThat().extractingPath("$.days[0].business_date").isEqualTo("2026-10-25");
            report.assertThat().extractingPath("$.days[29].business_date").isEqualTo("2026-11-23");
        });
    }

    @Test
    void period_may_have_400_days() {
        assertThat(ask("?from=2025-10-20&to=2026-11-23")).bodyJson().extractingPath("$.days.length()").isEqualTo(400);
    }

    @Test
    void current_date_is_the_day_after_a_closed_today() {
        businessDays.close(List.of(LocalDate.parse("2026-11-22"), LocalDate.parse("2026-11-23")));
        assertThat(ask("")).bodyJson().extractingPath("$.today.business_date").isEqualTo("2026-11-24");
        assertThat(ask("")).bodyJson().extractingPath("$.today.earned_cents").isEqualTo(600);
    }

    @Test
    void late_closing_of_an_earlier_date_keeps_the_current_date() {
        businessDays.close(List.of(LocalDate.parse("2026-11-21")));
        assertThat(ask("")).bodyJson().extractingPath("$.today.business_date").isEqualTo("2026-11-23");
    }

    private static Announced earned(String date, long cents) {
        return new Announced(LocalDate.parse(date), 1, cents);
    }

    private MvcTestResult ask(String query) {
        return http.get().uri("/api/earnings" + query)
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ADMIN)).exchange();
    }
}
