package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.platform.test.Columns;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The owner of a password learns by mail who made a link that sets it, and that it was used. */
@AuthServiceTest
@ExtendWith(OutputCaptureExtension.class)
class PasswordNoticeTests {

    private static final int PORT = Ports.free();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String OTHER = "other@uberpopug.example";
    private static final Pattern TOKEN = Pattern.compile("token=([\\w-]{43})");

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    private final GreenMail server = new GreenMail(new ServerSetup(PORT, "localhost", ServerSetup.PROTOCOL_SMTP));
    private Api admin;

    /** A user with an address, and the token of the latest link. */
    private record Owner(UUID id, String login, String token) {

        String address() {
            return login + "@uberpopug.example";
        }
    }

    private enum Way {
        CREATED_BY_PROGRAM, CREATED_ON_A_PAGE, RENEWED_BY_PROGRAM, RENEWED_ON_A_PAGE
    }

    @DynamicPropertySource
    static void mailServer(DynamicPropertyRegistry properties) {
        properties.add("spring.mail.port", () -> PORT);
    }

    @BeforeEach
    void signIn() {
        admin = new Api(port, "admin");
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @ParameterizedTest
    @CsvSource({
            "CREATED_BY_PROGRAM, en", "CREATED_ON_A_PAGE, en", "RENEWED_BY_PROGRAM, en", "RENEWED_ON_A_PAGE, en",
            "CREATED_BY_PROGRAM, ru", "CREATED_ON_A_PAGE, ru", "RENEWED_BY_PROGRAM, ru", "RENEWED_ON_A_PAGE, ru"})
    void each_way_to_make_a_link_is_mailed_without_the_link(Way way, String language) throws Exception {
        server.start();
        var owner = linkBy(way, language);
        var mail = mailsTo(owner, way.name().startsWith("RENEWED") ? 2 : 1).getLast();

        boolean english = language.equals("en");
        assertThat(mail.getSubject()).isEqualTo(english
                ? "A link to set your password was made"
                : "Создана ссылка, по которой меняют ваш пароль");
        assertThat(text(mail)).contains(owner.login(), "Admin", "UTC", "security@uberpopug.example",
                english ? "valid until" : "действует до",
                english ? "If you did not expect this" : "Если вы этого не ждали");
        assertThat(mail.getContentLanguage()).containsExactly(language);
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getFrom()).extracting(Object::toString).containsExactly("accounts@uberpopug.example");
        assertHasNo(owner.token(), mail);
        // Regression: a link that was made on a page stood in clear in its maker's session.
        assertThat(new Columns(database).with(owner.token())).isEmpty();
    }

    private Owner linkBy(Way way, String language) {
        var login = "n-" + UUID.randomUUID();
        if (way == Way.CREATED_ON_A_PAGE) {
            var browser = signedIn();
            var created = browser.submit("/users/new", "/users", Map.of("login", login, "displayName", login, "email",
                    login + "@uberpopug.example", "language", language.toUpperCase(Locale.ROOT), "role", "POPUG"));
            var page = browser.get(Browser.location(created));
            return new Owner(idOf(login), login, token(page.body()));
        }
        var owner = create(login, language);
        return switch (way) {
            case RENEWED_BY_PROGRAM -> renew(owner);
            case RENEWED_ON_A_PAGE -> {
                var browser = signedIn();
                var path = "/users/" + owner.id() + "/password-link";
                browser.submit("/users/" + owner.id(), path, Map.of("asked", "true"));
                yield new Owner(owner.id(), login, token(browser.get(path).body()));
            }
            default -> owner;
        };
    }

    @Test
    void used_link_is_mailed() throws Exception {
        server.start();
        var owner = create("en");
        choose(owner);
        var mail = mailsTo(owner, 2).stream().filter(each -> subject(each).equals("Your password was set by a link"))
                .findFirst().orElseThrow();
        assertThat(text(mail)).contains(owner.login(), "Admin", "If it was not you, tell security@uberpopug.example");
        assertHasNo(owner.token(), mail);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changed_address_is_mailed_to_the_one_before(boolean isRemoved) throws Exception {
        var owner = create("en");
        awaitFailures(owner, 1);
        // Regression: an admin who changed the address before making a link got all mails, and the owner none.
        admin.change(owner.id(), isRemoved ? "{\"email\": null}" : "{\"email\": \"%s\"}".formatted(OTHER));
        admin.change(owner.id(), "{\"display_name\": \"Somebody\"}");
        assertThat(database.sql("select encode(task_data, 'escape') || task_instance from scheduled_tasks"
                + " where task_instance like :owner").param("owner", instance(owner)).query(String.class).list())
                .hasSize(2).noneMatch(waiting -> waiting.contains("uberpopug.example"));
        server.start();
        runNow(owner);
        var mail = mailsTo(owner, 1).getFirst();
        assertThat(mail.getSubject()).isEqualTo("Your email address was changed");
        assertThat(text(mail)).contains("Somebody", "changed by  Admin", "tell security@uberpopug.example")
                .doesNotContain(OTHER);
        marker();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.getReceivedMessages())
                .extracting(PasswordNoticeTests::to).filteredOn(OTHER::equals).as("of the link")
                .hasSize(isRemoved ? 0 : 1));
    }

    @Test
    void mail_waits_for_the_server_with_growing_pauses_and_without_secrets_or_names() throws Exception {
        var owner = create("en");
        for (int failures = 1; failures <= 4; failures++) {
            awaitFailures(owner, failures);
            assertThat(database.sql("""
                    select extract(epoch from execution_time - last_failure) from scheduled_tasks
                     where task_instance like :owner
                    """).param("owner", instance(owner)).query(Double.class).single())
                    .isBetween(10.0 * (1 << failures - 1) - 1, 10.0 * (1 << failures - 1) + 1);
            runNow(owner);
        }
        var waiting = database.sql("select encode(task_data, 'escape') || task_instance from scheduled_tasks"
                + " where task_instance like :owner").param("owner", instance(owner)).query(String.class).single();
        assertThat(waiting).contains(owner.id().toString()).doesNotContain(owner.login(), owner.token(),
                "uberpopug.example");
        assertThat(new Columns(database).with(owner.login())).as("the search finds what is there").isNotEmpty();
        for (var secret : List.of(owner.token(),
                Base64.getEncoder().encodeToString(owner.token().getBytes(StandardCharsets.UTF_8)))) {
            assertThat(new Columns(database).with(secret)).isEmpty();
        }

        awaitFailures(owner, 5);
        server.start();
        runNow(owner);
        var mail = mailsTo(owner, 1).getFirst();
        assertThat(waiting).as("each attempt has the same id").contains(mail.getMessageID().replaceAll("<|@ates>", ""));
        marker();
        mailsTo(owner, 1);
    }

    @Test
    void mail_is_given_up_with_a_line_that_names_nobody(CapturedOutput log) {
        var owner = create("en");
        awaitFailures(owner, 1);
        database.sql("update scheduled_tasks set consecutive_failures = 13 where task_instance like :owner")
                .param("owner", instance(owner)).update();
        runNow(owner);
        await().atMost(PATIENCE).until(() -> database.sql("""
                select count(*) from scheduled_tasks where task_instance like :owner
                """).param("owner", instance(owner)).query(Integer.class).single() == 0);
        assertThat(log.getAll().lines().filter(line -> line.contains(owner.id().toString()))).hasSize(1).first()
                .asString().contains("failed max retries");
        assertThat(log.getAll()).doesNotContain(owner.login(), owner.address(), owner.token());
    }

    @Test
    void erased_user_gets_nothing_and_one_without_an_address_that_it_was_removed() throws Exception {
        var erased = create("en");
        var without = create("en");
        awaitFailures(erased, 1);
        awaitFailures(without, 1);
        admin.delete("/api/users/" + erased.id());
        admin.change(without.id(), "{\"email\": null}");
        assertThat(new Columns(database).with(erased.login())).filteredOn(column -> column.startsWith("scheduled"))
                .isEmpty();
        server.start();
        List.of(erased, without).forEach(owner -> {
            runNow(owner);
            await().atMost(PATIENCE).until(() -> database.sql("""
                    select bool_and(last_success is not null) from scheduled_tasks where task_instance like :owner
                    """).param("owner", instance(owner)).query(Boolean.class).single());
        });
        marker();
        assertThat(received(erased)).isEmpty();
        assertThat(received(without)).extracting(PasswordNoticeTests::subject)
                .containsExactly("Your email address was changed");
    }

    @Test
    void mail_names_its_maker_whatever_becomes_of_them() throws Exception {
        var maker = create("en");
        choose(maker);
        admin.change(maker.id(), "{\"role\": \"admin\"}");
        var own = new Api(port, maker.login(), PASSWORD);
        var ofDemoted = renew(own, create("en"));
        awaitFailures(ofDemoted, 1);
        admin.change(maker.id(), "{\"role\": \"popug\"}");
        server.start();
        runNow(ofDemoted);
        assertThat(mailsTo(ofDemoted, 2).stream().map(PasswordNoticeTests::text))
                .anyMatch(text -> text.contains("made by      " + maker.login()));

        server.stop();
        admin.change(maker.id(), "{\"role\": \"admin\"}");
        var ofErased = renew(new Api(port, maker.login(), PASSWORD), create("ru"));
        awaitFailures(ofErased, 1);
        admin.delete("/api/users/" + maker.id());
        server.start();
        runNow(ofErased);
        assertThat(mailsTo(ofErased, 2).stream().map(PasswordNoticeTests::text))
                .anyMatch(text -> text.contains("Администратор, чья учётная запись уже стёрта"));
    }

    @Test
    void sixth_mail_of_a_kind_within_an_hour_is_not_sent(CapturedOutput log) throws Exception {
        server.start();
        var owner = create("en");
        for (int link = 2; link <= 7; link++) {
            owner = renew(owner);
        }
        mailsTo(owner, 5);
        choose(owner);
        var mails = mailsTo(owner, 6);
        assertThat(mails).extracting(PasswordNoticeTests::subject).filteredOn(subject -> subject.contains("was set"))
                .hasSize(1);
        assertThat(log.getAll()).contains("No mail LINK_MADE to user " + owner.id());

        // An hour later.
        runNow(owner);
        var sent = owner;
        await().atMost(PATIENCE).until(() -> database.sql("""
                select count(*) from scheduled_tasks where task_instance like :owner
                """).param("owner", instance(sent)).query(Integer.class).single() == 0);
        renew(owner);
        mailsTo(owner, 7);
    }

    private static final String PASSWORD = "curved, red and long";

    private void choose(Owner owner) {
        assertThat(Browser.location(new Browser(port).post("/first-password",
                Map.of("token", owner.token(), "password", PASSWORD, "again", PASSWORD)))).endsWith("?chosen");
    }

    private Browser signedIn() {
        var browser = new Browser(port);
        browser.signIn("admin", "beak-admin");
        return browser;
    }

    private Owner create(String language) {
        return create("n-" + UUID.randomUUID(), language);
    }

    private Owner create(String login, String language) {
        var created = admin.post("/api/users", """
                {"login": "%1$s", "display_name": "%1$s", "email": "%1$s@uberpopug.example", "language": "%2$s",
                 "role": "popug"}""".formatted(login, language));
        return new Owner(UUID.fromString(json(created).path("user_id").asString()), login, token(created.body()));
    }

    private Owner renew(Owner owner) {
        return renew(admin, owner);
    }

    private static Owner renew(Api maker, Owner owner) {
        HttpResponse<String> made = maker.post("/api/users/" + owner.id() + "/password-link", "");
        return new Owner(owner.id(), owner.login(), token(made.body()));
    }

    private UUID idOf(String login) {
        return database.sql("select id from users where login = ?").param(login).query(UUID.class).single();
    }

    private static String token(String shown) {
        var token = TOKEN.matcher(shown);
        assertThat(token.find()).as(shown).isTrue();
        return token.group(1);
    }

    private static String instance(Owner owner) {
        return "% " + owner.id() + " %";
    }

    /** Of all waiting mails to a user. */
    private void awaitFailures(Owner owner, int failures) {
        await().atMost(PATIENCE).until(() -> database.sql("""
                select min(coalesce(consecutive_failures, 0)) from scheduled_tasks where task_instance like :owner
                """).param("owner", instance(owner)).query(Integer.class).single() >= failures);
    }

    private void runNow(Owner owner) {
        database.sql("update scheduled_tasks set execution_time = now() where task_instance like :owner and not picked")
                .param("owner", instance(owner)).update();
    }

    /** A later mail that has arrived: those before it would have, too. */
    private void marker() throws MessagingException {
        mailsTo(create("en"), 1);
    }

    private List<MimeMessage> mailsTo(Owner owner, int count) {
        await().atMost(PATIENCE).until(() -> received(owner).size() >= count);
        assertThat(received(owner)).hasSize(count);
        return received(owner);
    }

    private List<MimeMessage> received(Owner owner) {
        return Arrays.stream(server.getReceivedMessages()).filter(mail -> to(mail).equals(owner.address())).toList();
    }

    private static String to(MimeMessage mail) {
        try {
            return mail.getRecipients(RecipientType.TO)[0].toString();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String subject(MimeMessage mail) {
        try {
            return mail.getSubject();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(MimeMessage mail) {
        try {
            return mail.getContent().toString();
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertHasNo(String token, MimeMessage mail) {
        var bytes = Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8));
        assertThat(GreenMailUtil.getWholeMessage(mail) + text(mail)).doesNotContain(token, bytes, "first-password",
                "token=");
    }
}
