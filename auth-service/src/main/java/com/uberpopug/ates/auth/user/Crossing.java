package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.user.EarlierProfiles.Field;
import com.uberpopug.ates.auth.user.EarlierProfiles.Seen;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lists on a returned form the changes by others since it was shown. */
@Component
class Crossing {

    /** The names of the changed fields on the page, and the form's version. */
    static final String ATTRIBUTE = "crossing";
    static final String VERSION = "version";

    /** No profile has this version. */
    private static final long UNKNOWN = -1;

    private final Users users;

    Crossing(Users users) {
        this.users = users;
    }

    /**
     * A change by another user.
     *
     * @param field such as {@code display_name}
     * @param by the name of the author; null if it is no longer known
     */
    record Change(String field, @Nullable String was, @Nullable String now, @Nullable String by) {
    }

    /** The changes since a version was shown; none if that version is no longer known. */
    List<Change> of(Seen seen, Set<Field> shown) {
        return seen.differences().stream().filter(difference -> shown.contains(difference.field()))
                .map(difference -> new Change(difference.field().name().toLowerCase(Locale.ROOT), difference.was(),
                        difference.now(), users.findById(difference.by()).map(user -> user.profile().displayName())
                                .orElse(null)))
                .toList();
    }

    /** The version of a form; null for a form without one, which applies to any version. */
    static long version(@Nullable Long given) {
        return Objects.requireNonNullElse(given, UNKNOWN);
    }
}
