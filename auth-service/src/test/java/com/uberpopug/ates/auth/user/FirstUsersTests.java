package com.uberpopug.ates.auth.user;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.never;
import static org.mockito.ArgumentMatchers.any;

import com.uberpopug.ates.auth.user.FirstUsers.FirstAdmin;
import java.time.Clock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.transaction.support.TransactionTemplate;

class FirstUsersTests {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"TOO_SHORT,hooked yellow", "CHARACTERS,\"hooked,\u200B yellow\"",
            "COMMON,passwordpassword1", "PERSONAL,\"hooked is MAGNUS\"", "COMPANY,\"hooked, uberPopug\""})
    void first_admin_is_refused_with_the_broken_rule(String rule, String password) {
        var users = mock(Users.class);
        var passwords = mock(Passwords.class);
        var first = new FirstUsers(users, passwords, new PasswordRules(null, false), mock(UserEventPublisher.class),
                mock(TransactionTemplate.class), Clock.systemUTC(), new FirstAdmin("magnus", password), false);
        assertThatThrownBy(() -> first.run(new DefaultApplicationArguments()))
                .hasMessageContaining("ATES_ADMIN_PASSWORD").hasMessageContaining(rule)
                .hasMessageNotContaining(password);
        verify(passwords, never()).hash(any());
    }
}
