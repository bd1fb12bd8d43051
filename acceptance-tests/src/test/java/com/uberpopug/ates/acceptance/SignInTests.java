package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.localstack.Token;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** "One sign-in for all of it, by the company's auth service." */
class SignInTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void one_token_opens_every_service() {
        for (var service : ApplicationUnderTest.Service.values()) {
            // A caller with access gets 404 for an unknown id.
            admin().gets(service, "/api/nothing").isProblem(404);
        }
    }

    @Test
    void token_names_its_owner_and_their_role() {
        var anna = company.hires(Role.POPUG);
        var claims = Answer.JSON.readTree(Base64.getUrlDecoder().decode(anna.token().split("\\.")[1]));
        assertThat(claims.path("sub").asString()).isEqualTo(anna.id().toString());
        assertThat(claims.path("preferred_username").asString()).isEqualTo(anna.login());
        assertThat(claims.path("roles").get(0).asString()).isEqualTo("popug");
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(300);
    }

    @Test
    void wrong_password_wrong_login_and_missing_password_are_refused() {
        var anna = company.hires(Role.POPUG);
        assertThatThrownBy(() -> anna.signsInWith("a parrot's beak")).isInstanceOf(Token.RefusedException.class)
                .hasMessageContaining("wrong");
        assertThatThrownBy(() -> anna.signsInWith("")).isInstanceOf(Token.RefusedException.class);
        var stranger = new Person(UUID.randomUUID(), "a-stranger", "a parrot's beak");
        assertThatThrownBy(stranger::signsIn).isInstanceOf(Token.RefusedException.class).hasMessageContaining("wrong");

        anna.signsIn();
    }

    @Test
    void tampered_token_is_refused() {
        var anna = company.hires(Role.POPUG);
        var parts = anna.token().split("\\.");
        var payload = new String(Base64.getUrlDecoder().decode(parts[1])).replace("popug", "admin");
        var forged = parts[0] + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes()) + "."
                + parts[2];
        var unsigned = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes()) + "."
                + parts[1] + ".";
        for (var token : new String[]{forged, unsigned, parts[0] + "." + parts[1], ""}) {
            Person.sends(Person.anonymously(TASKS, "/api/tasks").header("Authorization", "Bearer " + token))
                    .isProblem(401);
        }
    }

    @Test
    void first_password_link_works_once() {
        var created = admin().posts(AUTH, "/api/users", """
                {"login": "fledgling", "display_name": "Fledgling", "role": "manager",
                 "email": "fledgling@uberpopug.example"}""").is(201).json();
        var link = URI.create(created.path("first_password_link").asString());

        var page = FirstPasswordPage.at(link);
        page.chooses("short").is(422);
        page.chooses("long enough by now", "but different").is(422);
        page.chooses("long enough by now").is(302);

        page.chooses("for another user").is(410);
        FirstPasswordPage.at(link).page().is(410);
        FirstPasswordPage.at(link.resolve("/first-password?token=made-up")).page().is(410);
        new Person(UUID.randomUUID(), "fledgling", "long enough by now").signsIn();
        new Eventually<>("the mails to the owner", () -> ApplicationUnderTest.mails().stream()
                .filter(mail -> mail.contains("fledgling@uberpopug.example")).toList())
                .becomes("both", mails -> List.of("A link to set your password was made",
                        "Your password was set by a link").stream()
                        .allMatch(subject -> mails.stream().anyMatch(mail -> mail.contains(subject))));
    }
}
