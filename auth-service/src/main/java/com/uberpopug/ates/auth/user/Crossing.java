package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.user.EarlierProfiles.Field;
import com.uberpopug.ates.auth.user.EarlierProfiles.Seen;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says on a form that comes back what others have changed since it was shown. */
@Component
class Crossing {

    /** What the page calls what has changed, and the version that its form is about. */
    static final String ATTRIBUTE = "crossing";
    static final String VERSION = "version";

    /** No profile has it. */
    private static final long UNKNOWN = -1;

    private final Users users;

    Crossing(Users users) {
        this.users = users;
    }

    /**
     * A change by somebody else.
     *
     * @param field such as {@code display_name}
     * @param by    the name of who made it; null where it is not known any more
     */
    record Change(String field, @Nullable String was, @Nullable String now, @Nullable String by) {
    }

    /** The changes of what was shown; none where it is not known any more what that was. */
    List<Change> of(Seen seen, Set<Field> shown) {
        return seen.differences().stream().filter(difference -> shown.contains(difference.field()))
                .map(difference -> new Change(difference.field().name().toLowerCase(Locale.ROOT), difference.was(),
                        difference.now(), users.findById(difference.by()).map(user -> user.profile().displayName())
                                .orElse(null)))
                .toList();
    }

    /** The version that a form carries; one that carries none may be of any. */
    static long version(@Nullable Long given) {
        return Objects.requireNonNullElse(given, UNKNOWN);
    }
}
