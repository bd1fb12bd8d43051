package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The search for secrets finds what is there. */
class SecretSearchInDatabasesTests {

    private static final String COPY = """
            create table test_of_the_search as
            select convert_to('\u00e4' || chr(1) || login, 'UTF8') as bytes from users where login = '%s'
            """;

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void text_in_columns_of_text_and_of_bytes_is_found() throws SQLException {
        var login = company.hires("searched-" + UUID.randomUUID(), Role.POPUG).login();
        var secrets = new KnownSecrets();
        secrets.note("a login", login);
        try (var connection = ApplicationUnderTest.database("auth"); var sql = connection.createStatement()) {
            sql.execute(COPY.formatted(login));
            try {
                assertThat(new SecretSearch(secrets).database("auth", connection).findings())
                        .contains("auth, users.login: a login", "auth, test_of_the_search.bytes: a login");
            } finally {
                connection.setAutoCommit(true);
                sql.execute("drop table test_of_the_search");
            }
        }
    }
}
