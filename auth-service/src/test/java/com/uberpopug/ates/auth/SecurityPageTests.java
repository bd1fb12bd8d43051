package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The security log for admins, in a browser and over REST. */
@AuthServiceTest
class SecurityPageTests {

    private static final UUID ADMIN = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final UUID ANNA = UUID.fromString("00000000-0000-7000-8000-000000000004");
    private static final AtomicInteger NUMBERS = new AtomicInteger(0x1000);
    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");

    private final UUID erased = Ids.next();
    private final String address = "2001:db8::" + Integer.toHexString(NUMBERS.incrementAndGet());

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    @BeforeEach
    void insert() {
        insert("ROLE_CHANGED", "DONE", ADMIN, ANNA, "popug > <manager>", NOON);
        insert("SIGN_IN", "FAILED", null, erased, "wrong", NOON.plusSeconds(1));
        insert("CALL_REFUSED", "REFUSED", ANNA, null, "GET /users", NOON.plusSeconds(86_400));
        insert("NEWER_KIND", "DONE", erased, null, null, NOON.plusSeconds(2 * 86_400));
    }

    @Test
    void page_shows_who_did_what_to_whom_in_both_languages() {
        var admin = new Browser(port);
        admin.signIn("admin", "beak-admin");
        var page = admin.get("/security?address=" + address).body();
        assertThat(page).contains("Security log", "Role changed", "popug &gt; &lt;manager&gt;", ">anna</a>",
                ">admin</a>", "<span>" + erased + "</span>", "NEWER_KIND", "2026-02-03 12:00",
                "title=\"agent\"");
        assertThat(admin.get("/security?address=" + address, "Cookie", "ates_language=ru").body())
                .contains("Журнал безопасности", "Роль изменена", "Отказано");
        assertThat(admin.get("/security?user=ANNA&address=" + address).body()).contains("Role changed", "GET /users")
                .doesNotContain("wrong", "NEWER_KIND");
        assertThat(admin.get("/security?user=nobody-has-it").body()).contains("No entries");
        assertThat(admin.get("/security?kind=&outcome=&user=&address=&from=&to=").statusCode()).isEqualTo(200);
        assertThat(admin.get("/").body()).contains("href=\"/security\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind=ROLE_CHANGED                                   | ROLE_CHANGED
            outcome=REFUSED                                     | CALL_REFUSED
            user=00000000-0000-7000-8000-000000000004           | CALL_REFUSED ROLE_CHANGED
            user=00000000-0000-7000-8000-000000000001           | ROLE_CHANGED
            from=2026-02-04                                     | NEWER_KIND CALL_REFUSED
            from=2026-02-04&to=2026-02-04                       | CALL_REFUSED
            to=2026-02-03                                       | SIGN_IN ROLE_CHANGED
            outcome=DONE&to=2026-02-04                          | ROLE_CHANGED
            limit=2                                             | NEWER_KIND CALL_REFUSED
            """)
    void filters_leave_the_newest_first(String filter, String kinds) {
        assertThat(kinds(new Api(port, "admin"), filter)).containsExactly(kinds.split(" "));
    }

    @Test
    void pages_hold_each_entry_once() {
        var admin = new Api(port, "admin");
        for (int i = 0; i < 5; i++) {
            insert("SIGN_OUT", "DONE", ANNA, ANNA, null, NOON);
        }
        var found = new ArrayList<String>();
        var after = "";
        do {
            var page = json(admin.get("/api/security-events?limit=2&address=" + address + after));
            page.path("items").forEach(each -> found.add(each.path("id").asString()));
            after = page.path("next").isNull() ? null : "&after=" + page.path("next").asString();
        } while (after != null);
        assertThat(found).hasSize(9).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"kind=NO_SUCH", "outcome=x", "user=anna", "from=2026-13-01", "to=99999-01-01", "after=x", "limit=0",
            "address=%00"})
    void invalid_filter_is_a_client_s_error(String filter) {
        assertThat(new Api(port, "admin").get("/api/security-events?" + filter).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"anna", "manager", "accountant"})
    void only_admins_read_it(String login) {
        var browser = new Browser(port);
        browser.signIn(login, "beak-" + login);
        assertThat(browser.get("/security").statusCode()).isEqualTo(403);
        assertThat(new Api(port, login).get("/api/security-events").statusCode()).isEqualTo(403);
    }

    @Test
    void each_kind_has_a_text_of_its_own() {
        var admin = new Browser(port);
        admin.signIn("admin", "beak-admin");
        var page = admin.get("/security").body();
        for (var kind : SecurityKind.values()) {
            assertThat(page).containsPattern("<option value=\"" + kind + "\"[^>]*>[^?<]+</option>");
        }
    }

    private List<String> kinds(Api admin, String filter) {
        var kinds = new ArrayList<String>();
        json(admin.get("/api/security-events?address=" + address + "&" + filter)).path("items")
                .forEach(each -> kinds.add(each.path("kind").asString()));
        return kinds;
    }

    private void insert(String kind, String outcome, @Nullable UUID actor, @Nullable UUID user,
            @Nullable String subject, Instant at) {
        database.sql(
                """
                        insert into security_events (id, service, kind, outcome, actor_id, user_id, subject, address, user_agent,
                                                     times, occurred_at)
                        values (?, 'tests', ?, ?, ?, ?, ?, ?, 'agent', 1, ?)
                        """)
                .param(Ids.next()).param(kind).param(outcome).param(actor).param(user).param(subject)
                .param(address).param(Timestamp.from(at)).update();
    }
}
