package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.web.security.Role;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Creates the first users: an admin from the environment and, in the demo, its users. Instances that start together
 * create each once. The rules for passwords apply to the admin; everyone can read those of the demo's users.
 */
@Component
class FirstUsers implements ApplicationRunner {

    /**
     * The first admin, from the environment; used only while there is no admin.
     *
     * @param login 1 to 64 of a-z, 0-9, dot, underscore and hyphen; if left out, no admin is created
     * @param password as {@link PasswordRules} requires of everyone
     */
    @ConfigurationProperties("ates.admin")
    record FirstAdmin(@Nullable String login, @Nullable String password) {
    }

    private record DemoUser(int number, String login, Role role, Language language) {

        UUID id() {
            return UUID.fromString("00000000-0000-7000-8000-00000000000" + number);
        }

        User user(String passwordHash, Clock clock) {
            var name = login.substring(0, 1).toUpperCase(Locale.ROOT) + login.substring(1);
            return new User(id(), login,
                    new Profile(name, login + "@uberpopug.example", language, role, true), passwordHash,
                    clock.instant());
        }
    }

    private static final List<DemoUser> DEMO = List.of(
            new DemoUser(1, "admin", Role.ADMIN, Language.EN),
            new DemoUser(2, "manager", Role.MANAGER, Language.EN),
            new DemoUser(3, "accountant", Role.ACCOUNTANT, Language.EN),
            new DemoUser(4, "anna", Role.POPUG, Language.EN),
            new DemoUser(5, "boris", Role.POPUG, Language.EN),
            new DemoUser(6, "vera", Role.POPUG, Language.RU),
            new DemoUser(7, "gleb", Role.POPUG, Language.EN),
            new DemoUser(8, "dasha", Role.POPUG, Language.RU));

    private final Users users;
    private final Passwords passwords;
    private final PasswordRules rules;
    private final UserEventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final FirstAdmin admin;
    private final boolean demo;

    FirstUsers(Users users, Passwords passwords, PasswordRules rules, UserEventPublisher events,
            TransactionTemplate transaction, Clock clock, FirstAdmin admin,
            @Value("${ates.demo:false}") boolean demo) {
        this.users = users;
        this.passwords = passwords;
        this.rules = rules;
        this.events = events;
        this.transaction = transaction;
        this.clock = clock;
        this.admin = admin;
        this.demo = demo;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        if (demo) {
            DEMO.stream().filter(each -> !users.existsByLogin(each.login()) && !users.wasErased(each.id()))
                    .forEach(each -> add(each.user(passwords.hash(Password.of("beak-" + each.login())), clock)));
        }
        if (admin.login() != null && !admin.login().isBlank() && !users.existsByProfileRole(Role.ADMIN)) {
            addAdmin(admin.login(), Password.of(admin.password() == null ? "" : admin.password()));
        }
    }

    private void addAdmin(String login, Password password) {
        var profile = new Profile(login, null, Language.EN, Role.ADMIN, true);
        var broken = rules.broken(password, login, profile);
        if (!login.matches(User.LOGIN) || broken.isPresent()) {
            throw new IllegalStateException(
                    """
                            ATES_ADMIN_LOGIN must be %s, and ATES_ADMIN_PASSWORD have %d to %d characters, no control characters \
                            among them, be no common password, and contain neither the login nor the company's name%s"""
                            .formatted(User.LOGIN, rules.shortest(), Password.MAX_LENGTH,
                                    broken.map(rule -> "; it is refused as " + rule).orElse("")));
        }
        add(new User(login, profile, passwords.hash(password), clock.instant()));
        if (!users.existsByProfileRole(Role.ADMIN)) {
            throw new IllegalStateException("ATES_ADMIN_LOGIN is the login of a user who is not an admin");
        }
    }

    private void add(User user) {
        transaction.executeWithoutResult(_ -> {
            if (users.add(user)) {
                events.publish(user.created());
            }
        });
    }
}
