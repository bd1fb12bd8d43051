package com.uberpopug.ates.auth.user;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.web.security.Role;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UserTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Profile ANNA = new Profile("Anna", "anna@uberpopug.example", Language.EN, Role.POPUG, true);

    private final User anna = new User("anna", ANNA, "hash", NOON);

    @Test
    void new_user_is_announced_as_the_first_fact() {
        assertThat(anna.created()).isEqualTo(new UserEvent.Created(anna.id(), "anna", ANNA, 1, NOON));
        assertThat(anna.id().version()).isEqualTo(7);
    }

    @Test
    void every_change_is_the_next_fact_with_the_full_state() {
        var manager = new Profile("Anna", null, Language.RU, Role.MANAGER, true);
        var gone = new Profile("Anna", null, Language.RU, Role.MANAGER, false);
        assertThat(anna.change(manager, NOON))
                .contains(new UserEvent.Updated(anna.id(), "anna", manager, 2, NOON));
        assertThat(anna.change(gone, NOON)).contains(new UserEvent.Updated(anna.id(), "anna", gone, 3, NOON));
        assertThat(anna.profile()).isEqualTo(gone);
    }

    @Test
    void ineffective_change_is_no_fact() {
        assertThat(anna.change(new Profile("Anna", "anna@uberpopug.example", Language.EN, Role.POPUG, true), NOON))
                .isEmpty();
        assertThat(anna.created().sequence()).isEqualTo(1);
    }

    @Test
    void password_is_in_no_event() {
        anna.choosePassword("another hash");
        assertThat(anna.passwordHash()).isEqualTo("another hash");
        assertThat(anna.created().sequence()).isEqualTo(1);
    }
}
