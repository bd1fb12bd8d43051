package com.uberpopug.ates.accounting.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetupTest;
import com.uberpopug.ates.accounting.price.PricedTasks;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Days that these tests close one after the other, in a context of its own. */
@AutoConfigureMockMvc
@ServiceTest(database = "accounting", properties = {"ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClosingTests {

    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);

    private static final GreenMail mail = new GreenMail(ServerSetupTest.SMTP.dynamicPort());

    @DynamicPropertySource
    static void mailServer(DynamicPropertyRegistry properties) {
        mail.start();
        properties.add("spring.mail.port", () -> mail.getSmtp().getPort());
    }

    private final UUID anna = Ids.next();
    private final UUID boris = Ids.next();

    @Autowired
    private MockMvcTester http;

    @Autowired
    private Events events;

    @Autowired
    private JdbcClient db;

    @AfterAll
    static void stopMailServer() {
        mail.stop();
    }

    @BeforeEach
    void hireTwoPopugs() {
        events.send(user(anna, "anna", "en"), user(boris, "boris", "ru"));
    }

    @Test
    @Order(1)
    void positive_balances_are_paid_out() {
        var date = TODAY.minusDays(3);
        assigned(anna, date, 1_000);
        completed(anna, date, 3_500);
        assigned(boris, date, 1_200);
        awaitBalance(anna, 2_500);
        awaitBalance(boris, -1_200);

        assertThat(close(date)).hasStatus(HttpStatus.ACCEPTED).hasHeader("Location", "/api/business-days/" + date);
        awaitClosed(date);

        awaitBalance(anna, 0);
        awaitBalance(boris, -1_200);
        var paid = events.await(UserDailyPaidAmount.class, anna);
        assertThat(paid.getPaidCents()).isEqualTo(2_500);
        assertThat(paid.getChangeCents()).isEqualTo(-2_500);
        assertThat(paid.getBalanceAfterCents()).isZero();
        assertThat(paid.getFeesCents()).isEqualTo(1_000);
        assertThat(paid.getRewardsCents()).isEqualTo(3_500);
        assertThat(paid.getCarriedOverCents()).isZero();
        var closed = events.await(BusinessDayClosed.class, date);
        assertThat(closed.getPayouts()).isEqualTo(1);
        assertThat(closed.getPaidCents()).isEqualTo(2_500);
        assertThat(closed.getEarnedCents()).isEqualTo(-1_300);
        var day = db.sql("select closed_at, finished_at from business_days where business_date = ?").param(date)
                .query((row, _) -> List.of(row.getTimestamp(1).toInstant(), row.getTimestamp(2).toInstant())).single();
        assertThat(List.of(closed.getClosedAt(), closed.getFinishedAt())).isEqualTo(day).isSorted()
                .doesNotHaveDuplicates();
        assertThat(paid.getOccurredAt()).isBetween(closed.getClosedAt(), closed.getFinishedAt());
        awaitMail("anna@uberpopug.example", "You were paid $25.00 for " + day(date, "en"));
    }

    @Test
    @Order(2)
    void negative_balance_is_carried_over_and_late_event_counts_for_the_next_day() {
        var closedDate = TODAY.minusDays(3);
        var date = TODAY.minusDays(2);
        assigned(anna, closedDate, 1_500);
        awaitBalance(anna, -1_500);
        assertThat(datesOf(anna)).containsExactly(date);

        completed(anna, TODAY, 2_000);
        awaitBalance(anna, 500);
        close(date);
        awaitClosed(date);
        completed(boris, date, 4_000);
        awaitBalance(boris, 4_000);
        assertThat(datesOf(boris)).containsExactly(date.plusDays(1));
        // Only the first of the two days is over, with a negative balance of Anna's.
        awaitBalance(anna, 500);
    }

    @Test
    @Order(3)
    void days_are_closed_oldest_first_and_today_on_request() {
        completed(boris, TODAY.minusDays(1), 2_000);
        assigned(boris, TODAY, 1_500);
        awaitBalance(boris, 500);
        close(TODAY);
        awaitClosed(TODAY);
        awaitBalance(boris, -1_500);
        assertThat(events.await(UserDailyPaidAmount.class, boris).getBusinessDate()).isEqualTo(TODAY.minusDays(1));
        awaitMail("boris@uberpopug.example", "Вам выплачено $20.00 за " + day(TODAY.minusDays(1), "ru"));

        assigned(anna, TODAY, 1_000);
        awaitBalance(anna, -1_000);
        assertThat(datesOf(anna)).as("what comes after the close is dated tomorrow").containsExactly(TODAY.plusDays(1));
    }

    @Test
    @Order(4)
    void invalid_close_is_refused() {
        assertThat(close(TODAY.minusDays(3))).hasStatus(HttpStatus.CONFLICT);
        assertThat(close(TODAY.plusDays(2))).hasStatus(HttpStatus.CONFLICT);
        assertThat(close(TODAY.minusDays(30))).hasStatus(HttpStatus.NOT_FOUND);
        assertThat(ask("/api/business-days/yesterday")).hasStatus(HttpStatus.BAD_REQUEST);
        assertThat(ask("/api/business-days?after=" + Cursor.of("+999999999-12-31").encoded()))
                .hasStatus(HttpStatus.BAD_REQUEST);
        assertThat(http.post().uri("/api/business-days/" + TODAY + "/close")
                .header("Authorization", "Bearer " + Tokens.of(anna, Role.POPUG))).hasStatus(HttpStatus.FORBIDDEN);
    }

    @Test
    @Order(5)
    void days_are_listed_newest_first() {
        assertThat(ask("/api/business-days?limit=3")).bodyJson().extractingPath("$.items[*].business_date").asArray()
                .hasSizeGreaterThan(1).isSortedAccordingTo(Comparator.comparing(Object::toString).reversed());
    }

    @Test
    @Order(6)
    void balances_and_log_positions_add_up() {
        assertThat(db.sql("select sum(credits_cents) - sum(debits_cents) from accounts").query(Long.class).single())
                .isZero();
        assertThat(db.sql("""
                select count(*) from (
                    select place, balance_after_cents,
                           case worker_id when credit_account then cents else -cents end as change,
                           lag(place, 1, 0::bigint) over log as place_before,
                           lag(balance_after_cents, 1, 0::bigint) over log as balance_before
                      from transfers window log as (partition by worker_id order by place)
                ) line where place <> place_before + 1 or balance_after_cents <> balance_before + change
                """).query(Long.class).single()).isZero();
    }

    private Fact user(UUID id, String login, String language) {
        return Fact.of(Ids.next(), id, 1, Instant.now(),
                new UserCreated(id, login, login, login + "@uberpopug.example", language, "popug", true,
                        Instant.EPOCH));
    }

    private void assigned(UUID popug, LocalDate date, long feeCents) {
        var task = PricedTasks.ofFee(feeCents);
        var at = at(date);
        events.send(Fact.of(Ids.next(), task, 3, at,
                new TaskAssigned(task, popug, 1, feeCents, at, null, Amounts.CURRENCY)));
    }

    private void completed(UUID popug, LocalDate date, long amountCents) {
        var task = PricedTasks.ofReward(amountCents);
        var at = at(date);
        events.send(
                Fact.of(Ids.next(), task, 4, at, new TaskCompleted(task, popug, 1, amountCents, at, Amounts.CURRENCY)));
    }

    private static Instant at(LocalDate date) {
        return date.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private MvcTestResult close(LocalDate date) {
        return http.post().uri("/api/business-days/" + date + "/close")
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ACCOUNTANT)).exchange();
    }

    private MvcTestResult ask(String path) {
        return http.get().uri(path).header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ACCOUNTANT))
                .exchange();
    }

    private void awaitClosed(LocalDate date) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(ask("/api/business-days/" + date))
                .bodyJson().extractingPath("$.status").isEqualTo("CLOSED"));
    }

    private void awaitBalance(UUID popug, long cents) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(db.sql("""
                select coalesce(sum(credits_cents - debits_cents), 0) from accounts where id = ?
                """).param(popug).query(Long.class).single()).isEqualTo(cents));
    }

    private void awaitMail(String address, String subject) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(mail.getReceivedMessages())
                .anySatisfy(message -> {
                    assertThat(message.getAllRecipients()).extracting(Object::toString).containsExactly(address);
                    assertThat(message.getSubject()).isEqualTo(subject);
                }));
    }

    private static String day(LocalDate date, String language) {
        return DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.of(language)).format(date);
    }

    private List<LocalDate> datesOf(UUID popug) {
        return db.sql("select business_date from transfers where worker_id = ? order by place").param(popug)
                .query(LocalDate.class).list();
    }
}
