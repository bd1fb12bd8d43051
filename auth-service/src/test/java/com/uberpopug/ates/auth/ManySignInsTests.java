package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManySignInsTests {

    private static final List<String> LOGINS = List.of("admin", "manager", "accountant", "anna", "boris", "vera",
            "gleb",
            "dasha");

    @Test
    void hundred_sign_ins_at_once_are_answered_and_those_that_cannot_be_checked_are_asked_to_come_again() {
        // Each hash takes long enough for a queue, and nobody is refused for want of a connection on a slow machine.
        try (var service = RunningService.on(RunningService.emptyDatabase(), "ates.demo=true",
                "ates.argon2-memory-kib=65536", "spring.datasource.hikari.connection-timeout=60000")) {
            var browsers = IntStream.range(0, 100).mapToObj(number -> Browser.on(service.port(), 3_000 + number))
                    .toList();
            var known = browsers.getFirst();
            known.signIn(login(0), "beak-" + login(0));
            known.forget("ATES_AUTH");
            var forms = browsers.stream().map(browser -> Browser.csrf(browser.get("/login").body())).toList();
            var sent = IntStream.range(1, 100).mapToObj(number -> CompletableFuture.supplyAsync(
                    () -> signIn(browsers.get(number), login(number), forms.get(number)), Thread::startVirtualThread))
                    .toList();
            await().atMost(Duration.ofMinutes(1)).until(() -> sent.stream().anyMatch(
                    each -> each.isDone() && each.join().statusCode() == 503));
            // Regression: strangers who typed anything took the places of those whom the service knows.
            assertThat(signIn(known, login(0), forms.getFirst()).statusCode()).isEqualTo(302);
            var answers = sent.stream().map(CompletableFuture::join).toList();
            var busy = answers.stream().filter(answer -> answer.statusCode() == 503).toList();
            assertThat(busy).isNotEmpty().allSatisfy(answer -> {
                assertThat(answer.headers().firstValue("Retry-After")).contains("10");
                assertThat(answer.body()).contains("Many people are signing in at the moment", "name=\"password\"")
                        .doesNotContain("beak-");
            });
            assertThat(answers).filteredOn(answer -> answer.statusCode() != 503).isNotEmpty()
                    .allSatisfy(answer -> assertThat(location(answer)).isEqualTo("http://localhost:8080"));
            assertThat(service.database().sql("select count(*) from sign_in_attempts where spent_until > now()")
                    .query(Long.class).single()).as("attempts that were not checked do not count").isZero();
        }
    }

    private static HttpResponse<String> signIn(Browser browser, String login, String form) {
        return browser.post("/login", Map.of("username", login, "password", "beak-" + login, "_csrf", form), "Accept",
                "text/html");
    }

    private static String login(int number) {
        return LOGINS.get(number % LOGINS.size());
    }
}
