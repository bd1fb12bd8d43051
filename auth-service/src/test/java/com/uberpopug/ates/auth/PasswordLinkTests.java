package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A password link names its maker, and ends with the maker's rights and with every change of its user. */
@AuthServiceTest
class PasswordLinkTests {

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    private int number;

    private record Case(UUID maker, String makerLogin, UUID user, String token) {
    }

    /** A new admin makes a link for a new user. */
    private Case link() {
        var admin = new Api(port, "admin");
        var login = "maker-" + ++number + "-" + UUID.randomUUID().toString().substring(0, 8);
        var maker = admin.create(login);
        admin.change(maker, "{\"role\": \"admin\", \"display_name\": \"Maker " + number + "\"}");
        choose(token(admin, maker), "curved, red");
        var user = admin.create("owner-" + UUID.randomUUID());
        return new Case(maker, login, user, token(api(login), user));
    }

    private Api api(String login) {
        return new Api(port, login, "curved, red");
    }

    private static String token(Api admin, UUID user) {
        var made = admin.post("/api/users/" + user + "/password-link", "");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        return json(made).path("password_link").asString().replaceFirst(".*=", "");
    }

    private HttpResponse<String> choose(String token, String password) {
        return new Browser(port).post("/first-password",
                Map.of("token", token, "password", password, "again", password));
    }

    @Test
    void link_names_its_maker_where_it_is_used_and_to_admins() {
        var made = link();
        assertThat(new Browser(port).get("/first-password?token=" + made.token()).body())
                .contains("The link was made by \u2068Maker " + number + "\u2069");
        var admin = new Browser(port);
        admin.signIn("admin", "beak-admin");
        assertThat(admin.get("/users/" + made.user()).body())
                .contains("A password link is open, made by \u2068Maker " + number + "\u2069");
        assertThat(database.sql("select made_by from password_links where user_id = ?").param(made.user())
                .query(UUID.class).single()).isEqualTo(made.maker());
        assertThat(location(choose(made.token(), "hooked, blue"))).endsWith("?chosen");
        assertThat(admin.get("/users/" + made.user()).body()).doesNotContain("A password link is open");
    }

    @Test
    void link_ends_when_its_maker_loses_the_right_and_when_its_user_changes() {
        var admin = new Api(port, "admin");
        var ends = new LinkedHashMap<String, BiConsumer<Api, Case>>();
        for (var role : new String[]{"popug", "manager", "accountant"}) {
            ends.put("maker becomes " + role, (api, made) -> {
                api.change(made.maker(), "{\"role\": \"" + role + "\"}");
                api.change(made.maker(), "{\"role\": \"admin\"}");
            });
        }
        ends.put("maker is deactivated", (api, made) -> {
            api.change(made.maker(), "{\"active\": false}");
            api.change(made.maker(), "{\"active\": true}");
        });
        ends.put("maker is erased", (api, made) -> api.delete("/api/users/" + made.maker()));
        ends.put("maker was demoted unnoticed", (_, made) -> database
                .sql("update users set role = 'POPUG' where id = ?").param(made.maker()).update());
        ends.put("user is renamed", (api, made) -> api.change(made.user(), "{\"display_name\": \"Another\"}"));
        ends.put("user has another address", (api, made) -> api.change(made.user(), "{\"email\": null}"));
        ends.put("user has another role", (api, made) -> api.change(made.user(), "{\"role\": \"manager\"}"));
        ends.put("user has another language", (api, made) -> api.change(made.user(), "{\"language\": \"ru\"}"));
        ends.put("user is deactivated", (api, made) -> {
            api.change(made.user(), "{\"active\": false}");
            api.change(made.user(), "{\"active\": true}");
        });
        ends.put("user is erased", (api, made) -> api.delete("/api/users/" + made.user()));
        ends.put("user changes the password", (api, made) -> {
            choose(token(api, made.user()), "curved, green");
            var token = token(api, made.user());
            database.sql("update password_links set token_hash = sha256(convert_to(?, 'UTF8')) where user_id = ?")
                    .params(made.token(), made.user()).update();
            assertThat(new Browser(port).get("/first-password?token=" + token).statusCode()).isEqualTo(410);
            var login = database.sql("select login from users where id = ?").param(made.user()).query(String.class)
                    .single();
            var owner = new Browser(port);
            owner.signIn(login, "curved, green");
            assertThat(location(owner.submit("/", "/password",
                    Map.of("current", "curved, green", "password", "hooked, red", "again", "hooked, red"))))
                    .endsWith("?chosen");
        });
        ends.forEach((reason, end) -> {
            var made = link();
            assertThat(new Browser(port).get("/first-password?token=" + made.token()).statusCode()).as(reason)
                    .isEqualTo(200);
            end.accept(admin, made);
            assertThat(new Browser(port).get("/first-password?token=" + made.token()).statusCode()).as(reason)
                    .isEqualTo(410);
            assertThat(choose(made.token(), "hooked, blue").statusCode()).as(reason).isEqualTo(410);
        });
    }

    @Test
    void link_stays_when_its_maker_changes_otherwise() {
        var made = link();
        new Api(port, "admin").change(made.maker(), "{\"display_name\": \"Renamed\", \"language\": \"ru\"}");
        assertThat(location(choose(made.token(), "hooked, blue"))).endsWith("?chosen");
    }
}
