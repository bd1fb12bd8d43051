package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What people type as a password is in no table, whichever form, field or header it was typed into. */
@AuthServiceTest
class TypedSecretsTests {

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @Test
    void typed_password_is_in_no_column_of_any_table() {
        var typed = "typed-" + UUID.randomUUID();
        var fresh = new Browser(port);
        fresh.get("/login");
        fresh.signIn("vera", typed);
        fresh.signIn("nobody-" + UUID.randomUUID().toString().substring(0, 8), typed);
        // Into the wrong field.
        fresh.signIn(typed, "beak-vera");
        // With a session, and beside one.
        var signedIn = new Browser(port);
        signedIn.get("/login");
        signedIn.signIn("vera", "beak-vera");
        signedIn.signIn("boris", typed);
        signedIn.submit("/password", "/password", Map.of("current", typed, "password", typed, "again", typed));
        signedIn.get("/?password=" + typed);
        fresh.get("/login?password=" + typed);
        fresh.get("/first-password?token=" + typed);
        new Browser(port).post("/oauth2/token",
                Map.of("grant_type", "password", "username", "vera", "password", typed));

        assertThat(columnsWith("vera")).as("the search finds what is there").isNotEmpty();
        assertThat(columnsWith(typed)).isEmpty();
    }

    private List<String> columnsWith(String text) {
        var found = new ArrayList<String>();
        var columns = database.sql("""
                select format('%I', table_name) as table_name, format('%I', column_name) as column_name, data_type
                  from information_schema.columns where table_schema = 'public'
                """).query().listOfRows();
        for (var column : columns) {
            var value = column.get("data_type").equals("bytea")
                    ? "position(convert_to(:text, 'UTF8') in %s)"
                    : "position(:text in %s::text)";
            var rows = database.sql("select count(*) from %s where %s > 0".formatted(column.get("table_name"),
                    value.formatted(column.get("column_name")))).param("text", text).query(Long.class).single();
            if (rows > 0) {
                found.add(column.get("table_name") + "." + column.get("column_name"));
            }
        }
        return found;
    }
}
