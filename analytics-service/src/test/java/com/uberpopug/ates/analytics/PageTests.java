package com.uberpopug.ates.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.Statements;
import com.uberpopug.ates.platform.web.security.Role;
import jakarta.servlet.http.Cookie;
import java.io.UnsupportedEncodingException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** The admins' pages, on 23 November 2026, a Monday. */
@AnalyticsTest
class PageTests {

    private static final int MOST_STATEMENTS = 10;

    @Autowired
    private MockMvcTester http;
    @Autowired
    private JdbcClient db;
    @Autowired
    private SessionRepository<?> sessions;
    @Autowired
    private Environment environment;

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?from=2026-01-01&to=2026-11-23", "/most-expensive",
            "/most-expensive?period=MONTH&date=2026-10-12", "/projections"})
    void only_admins_see_the_pages(String path) throws UnsupportedEncodingException {
        for (var role : Role.values()) {
            var session = session(Ids.next(), role);
            try (var statements = new Statements()) {
                var page = looks(session, path);
                assertThat(page).as("%s, %s", role, path)
                        .hasStatus(role == Role.ADMIN ? HttpStatus.OK : HttpStatus.FORBIDDEN);
                assertThat(statements.executed()).as("%s, %s", role, path).hasSizeLessThanOrEqualTo(MOST_STATEMENTS);
                assertThat(text(page).contains("class=\"tabs\"")).isEqualTo(role == Role.ADMIN);
            }
        }
    }

    @Test
    void tiles_and_charts_show_the_projected_events() throws UnsupportedEncodingException {
        db.sql("insert into earnings (business_date, sequence, earned_cents) values ('2026-11-23', 1, -123456)")
                .update();
        db.sql("insert into balances (worker_id, balance_cents) values (?, -1), (?, -2), (?, 3)")
                .params(Ids.next(), Ids.next(), Ids.next()).update();
        completed("<script>alert(1)</script>", 3_800, "2026-11-23");
        completed("Feed the cat", 4_000, "2026-11-01");
        assertThat(text(looks(Role.ADMIN, "/")))
                .contains("−$1,234.56", "id=\"below-zero\">2<", "id=\"best-day\">$38.00",
                        "id=\"best-week\">$38.00", "id=\"best-month\">$40.00", "&lt;script&gt;alert(1)", "Feed the cat",
                        "data-value=\"-1234.56\"")
                .doesNotContain("<script>alert");
    }

    @Test
    void period_without_completed_tasks_has_no_most_expensive_one() throws UnsupportedEncodingException {
        assertThat(text(looks(Role.ADMIN, "/"))).contains("id=\"best-day\">–<", "$0.00");
        assertThat(text(looks(Role.ADMIN, "/most-expensive"))).contains("No task was completed");
    }

    @Test
    void most_expensive_task_of_a_week_is_found_by_any_of_its_dates() throws UnsupportedEncodingException {
        completed("Feed the cat", 3_200, "2026-10-14");
        assertThat(text(looks(Role.ADMIN, "/most-expensive?period=WEEK&date=2026-10-12"))).contains("Feed the cat",
                "$32.00", "12 October 2026 – 18 October 2026");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?from=2026-02-02&to=2026-02-01", "/?from=yesterday", "/?from=2020-01-01&to=2026-01-01",
            "/most-expensive?date=yesterday", "/most-expensive?date=+99999-01-01", "/most-expensive?period=YEAR"})
    void invalid_date_is_reported_at_its_field(String path) throws UnsupportedEncodingException {
        var page = looks(Role.ADMIN, path);
        assertThat(page).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(text(page)).containsPattern("<small class=\"problem\" id=\"(from|date|period)-error\"")
                .contains("aria-invalid=\"true\"");
    }

    @Test
    void pages_are_available_in_russian() throws UnsupportedEncodingException {
        var admin = Ids.next();
        db.sql("insert into users (user_id, sequence, role, active, language) values (?, 1, 'admin', true, 'ru')")
                .param(admin).update();
        assertThat(text(looks(session(admin, Role.ADMIN), "/"))).contains("Попугов в минусе сейчас", "23 ноября 2026");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
            "REQUESTED, -, The rebuild starts soon", "READING, -, Records read: 450 of 1&#44;200",
            "WAITING, The broker is away, The broker is away", "SWITCHED, -, The rebuilt figures are shown",
            "FAILED, A record is unreadable, The rebuild has failed"})
    void progress_of_a_rebuild_is_shown_in_both_languages(String state, @Nullable String problem, String shown)
            throws UnsupportedEncodingException {
        boolean finished = state.equals("SWITCHED") || state.equals("FAILED");
        db.sql("""
                insert into rebuilds (id, requested_by, requested_at, state, started_at, records_read, records_total,
                                      problem, finished_at)
                values (?, ?, now(), ?, now(), 450, 1200, ?, case when ? then now() end)
                """).params(Ids.next(), Ids.next(), state, problem, finished).update();
        var page = text(looks(Role.ADMIN, "/projections"));
        assertThat(page).contains(shown.replace("&#44;", ",")).contains("Rebuild now");
        assertThat(page.contains("hx-trigger=\"load delay:500ms\"")).isEqualTo(!finished);
        assertThat(page.contains("id=\"rebuild-now\" disabled")).isEqualTo(!finished);
        var admin = Ids.next();
        db.sql("insert into users (user_id, sequence, role, active, language) values (?, 1, 'admin', true, 'ru')")
                .param(admin).update();
        assertThat(text(looks(session(admin, Role.ADMIN), "/projections"))).contains("Перестроить сейчас");
    }

    private MvcTestResult looks(Role role, String path) {
        return looks(session(Ids.next(), role), path);
    }

    private MvcTestResult looks(Cookie session, String path) {
        return http.get().uri(path).accept(MediaType.TEXT_HTML).cookie(session).exchange();
    }

    private Cookie session(UUID user, Role role) {
        var cookie = PageSession.cookie(sessions, environment, user, role).split("=", 2);
        return new Cookie(cookie[0], cookie[1]);
    }

    private static String text(MvcTestResult page) throws UnsupportedEncodingException {
        return page.getResponse().getContentAsString();
    }

    private void completed(String title, long amountCents, String date) {
        db.sql("""
                insert into tasks (task_id, title, assignee_id, completed_at, reward_transfer_id, amount_cents, business_date)
                values (?, ?, ?, now(), ?, ?, ?::date)
                """)
                .params(Ids.next(), title, Ids.next(), Ids.next(), amountCents, date).update();
    }
}
