package com.uberpopug.ates.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@AnalyticsTest
class BadParametersTests {

    @Autowired
    private MockMvcTester http;

    @ParameterizedTest
    @CsvSource({
            "from=yesterday, from",
            "to=%20, to",
            "from=2026-13-01, from",
            "from=2026-02-30, from",
            "from=11/22/26, from",
            "to=2026-11-22T00:00:00Z, to",
            "to=%00, to",
            "to=+999999999-12-31, to",
            "to=-999999999-01-01, to",
            "from=-999999999-01-01&to=2026-11-22, from",
            "from=2026-11-22&to=2026-11-21, from",
            "from=2027-01-01, from",
            "from=2025-10-16&to=2026-11-21, from"})
    void invalid_period_is_refused(String query, String parameter) {
        assertThat(ask("/api/earnings?" + query)).satisfies(refusedFor(parameter));
        assertThat(ask("/api/negative-balances?" + query)).satisfies(refusedFor(parameter));
    }

    @ParameterizedTest
    @CsvSource({
            "period=year, period",
            "period=DAY, period",
            "date=today, date",
            "date=%20, date",
            "date=2026-11-31, date",
            "period=week&date=+999999999-12-31, date",
            "period=month&date=-999999999-01-01, date"})
    void invalid_day_week_or_month_is_refused(String query, String parameter) {
        assertThat(ask("/api/most-expensive?" + query)).satisfies(refusedFor(parameter));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/earnings?from=2025-10-17&to=2026-11-21", "/api/earnings?to=9999-12-31",
            "/api/negative-balances?from=1970-01-01&to=1970-01-01", "/api/most-expensive?period=week&date=9999-12-31",
            "/api/most-expensive?period=month&date=1970-01-01"})
    void extreme_dates_are_answered(String uri) {
        assertThat(ask(uri)).hasStatusOk();
    }

    private static Consumer<MvcTestResult> refusedFor(String parameter) {
        return answer -> {
            assertThat(answer).hasStatus(HttpStatus.BAD_REQUEST).hasContentType("application/problem+json");
            assertThat(answer).bodyJson().extractingPath("$.errors[0].field").isEqualTo(parameter);
        };
    }

    private MvcTestResult ask(String uri) {
        // Passed as a URI, because a template would encode the query twice.
        return http.get().uri(URI.create(uri.replace("+", "%2B")))
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ADMIN)).exchange();
    }
}
