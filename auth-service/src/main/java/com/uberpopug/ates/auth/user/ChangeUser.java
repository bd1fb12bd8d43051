package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.EarlierProfiles.Field;
import com.uberpopug.ates.auth.user.EarlierProfiles.Seen;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Changes a user's profile: an admin changes any user, everyone changes their own name and language. */
@Service
class ChangeUser {

    private final Users users;
    private final EarlierProfiles earlier;
    private final UserEventPublisher events;
    private final SignIns signIns;
    private final Passwords passwords;
    private final SecurityLog securityLog;
    private final SecondFactor secondFactor;
    private final PasswordNotices notices;
    private final Clock clock;

    ChangeUser(Users users, EarlierProfiles earlier, UserEventPublisher events, SignIns signIns,
            Passwords passwords, SecurityLog securityLog, SecondFactor secondFactor, PasswordNotices notices,
            Clock clock) {
        this.users = users;
        this.earlier = earlier;
        this.events = events;
        this.signIns = signIns;
        this.passwords = passwords;
        this.securityLog = securityLog;
        this.secondFactor = secondFactor;
        this.notices = notices;
        this.clock = clock;
    }

    /** The outcome of the request. */
    sealed interface Outcome {

        record Done(User user) implements Outcome {
        }

        record UnknownUser() implements Outcome {
        }

        record NobodyElseIsAdmin() implements Outcome {
        }

        /** Nothing was changed: the user is no longer in the state that the decision was made on. */
        record ChangedMeanwhile(User user, Seen seen) implements Outcome {
        }
    }

    /**
     * A decision made on a form.
     *
     * @param version the version that the form showed
     * @param shown the fields that the decision was based on
     * @param set the fields that it sets
     * @param change the new values of those fields
     */
    record Edit(long version, Set<Field> shown, Set<Field> set, UnaryOperator<Profile> change) {

        /** Whether a shown field has changed since, so that the decision would revert or misjudge it. */
        private boolean crosses(Seen seen, Profile now, Profile after) {
            return seen.profile() == null || seen.differences().stream().map(EarlierProfiles.Difference::field)
                    .filter(shown::contains).anyMatch(field -> !set.contains(field) || field.differs(now, after));
        }
    }

    /** Changes a user in the expected version. */
    @Transactional
    public Outcome change(UUID id, UUID changedBy, LongPredicate isMeant, UnaryOperator<Profile> change) {
        var locked = users.lockForChange(id);
        if (locked.isEmpty()) {
            return new Outcome.UnknownUser();
        }
        var user = locked.get().user();
        return isMeant.test(user.sequence())
                ? change(locked.get(), changedBy, change.apply(user.profile()))
                : new Outcome.ChangedMeanwhile(user, new Seen(null, List.of()));
    }

    /** Changes a user by a form, unless a shown field has changed since. */
    @Transactional
    public Outcome change(UUID id, UUID changedBy, Edit edit) {
        var locked = users.lockForChange(id);
        if (locked.isEmpty()) {
            return new Outcome.UnknownUser();
        }
        var user = locked.get().user();
        var crossing = crossing(user, edit);
        return crossing.isPresent()
                ? crossing.get()
                : change(locked.get(), changedBy, edit.change().apply(user.profile()));
    }

    /** Whether a shown field has changed since, so that {@link #change} would refuse the form now. */
    public boolean crosses(UUID id, Edit edit) {
        return users.findById(id).flatMap(user -> crossing(user, edit)).isPresent();
    }

    private Optional<Outcome.ChangedMeanwhile> crossing(User user, Edit edit) {
        var after = edit.change().apply(user.profile());
        if (edit.version() == user.sequence() || after.equals(user.profile())) {
            return Optional.empty();
        }
        var seen = earlier.seen(user, edit.version());
        return edit.crosses(seen, user.profile(), after)
                ? Optional.of(new Outcome.ChangedMeanwhile(user, seen))
                : Optional.empty();
    }

    private Outcome change(Users.Locked locked, UUID changedBy, Profile after) {
        var user = locked.user();
        if (locked.isOnlyAdmin() && !after.isActiveAdmin()) {
            return new Outcome.NobodyElseIsAdmin();
        }
        var now = clock.instant();
        if (!after.equals(user.profile())) {
            earlier.keep(user, changedBy, now);
            record(user, changedBy, user.profile(), after);
            if (user.profile().email() != null && !Objects.equals(user.profile().email(), after.email())) {
                notices.send(PasswordNotice.Kind.ADDRESS_CHANGED, user.id(), changedBy, now);
            }
        }
        // A session from before would have the new role in every service without a passkey.
        boolean endsSignIns = !after.active() || secondFactor.begins(user.profile(), after);
        user.change(after, now).ifPresent(changed -> {
            events.publish(changed);
            passwords.endLinks(user);
        });
        if (endsSignIns) {
            signIns.endAll(user.id());
        }
        return new Outcome.Done(user);
    }

    /** What opens or closes doors; names and languages do not. */
    private void record(User user, UUID changedBy, Profile before, Profile after) {
        if (after.role() != before.role()) {
            record(SecurityKind.ROLE_CHANGED, user, changedBy, before.role().wire() + " > " + after.role().wire());
        }
        if (after.active() != before.active()) {
            record(after.active() ? SecurityKind.USER_ACTIVATED : SecurityKind.USER_DEACTIVATED, user, changedBy, null);
        }
        if (!Objects.equals(after.email(), before.email())) {
            record(SecurityKind.EMAIL_CHANGED, user, changedBy, null);
        }
    }

    private void record(SecurityKind kind, User user, UUID changedBy, @Nullable String subject) {
        securityLog.record(SecurityEntry.done(kind).by(changedBy).about(user.id()).of(subject));
    }
}
