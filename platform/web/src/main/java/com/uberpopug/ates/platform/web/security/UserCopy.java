package com.uberpopug.ates.platform.web.security;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Received.RecordPosition;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * A service's table of the users, as far as it keeps them. A service that has one as a bean consumes
 * {@code ates.users}: the newest state of each user is stored once, with all that {@link #update} does, in the
 * transaction of its batch.
 */
public interface UserCopy extends UserDirectory {

    /**
     * The condition of {@code on conflict do update} on {@code users}: the state of the batch is {@link Newest newer}
     * than the stored one. The columns are of the record that was applied last, and of the last settling one.
     */
    String IS_NEWER = """
            excluded.settled_offset is not null
                and (users.settled_offset is null or excluded.settled_offset > users.settled_offset
                     or excluded.settled_millis > users.settled_millis)
             or excluded.sequence > users.sequence
                and (users.settled_offset is null or excluded.record_offset > users.settled_offset
                     or excluded.record_millis > users.settled_millis)
            """;

    /**
     * Sets the parameters of what every table of users has: {@code ids}, {@code roles}, {@code actives},
     * {@code languages}, {@code sequences}, and {@code recordOffsets}, {@code recordMillis}, {@code settledOffsets} and
     * {@code settledMillis} for {@link #IS_NEWER}.
     */
    static StatementSpec with(Collection<Newest> newest, StatementSpec statement) {
        return statement.param("ids", SqlArray.uuids(newest, Newest::id))
                .param("roles", SqlArray.texts(newest, each -> each.state().role()))
                .param("actives", SqlArray.booleans(newest, each -> each.state().active()))
                .param("languages", SqlArray.texts(newest, each -> each.state().language()))
                .param("sequences", SqlArray.longs(newest, Newest::sequence))
                .param("recordOffsets", SqlArray.longs(newest, Newest::recordOffset))
                .param("recordMillis", SqlArray.longs(newest, Newest::recordMillis))
                .param("settledOffsets", SqlArray.longs(newest, Newest::settledOffset))
                .param("settledMillis", SqlArray.longs(newest, Newest::settledMillis));
    }

    /**
     * Stores the {@link Newest} state of each user, unless the stored one is newer by the same rule.
     *
     * @param states of one batch, in the order of the topic
     */
    void update(Collection<State> states);

    /**
     * A user's full state as of a fact. An erased user stays as an inactive one without a name, so that a token that
     * was issued before grants nothing.
     *
     * @param login       null once erased
     * @param displayName null once erased
     * @param email       null where there is none, and once erased
     * @param language    {@code en} or {@code ru}; null once erased
     * @param role        may be one that is unknown here
     * @param sequence    grows with each fact of the user; {@link Long#MAX_VALUE} once erased
     * @param position    where the record lies
     * @param isSettling  whether it counts whatever sequence an earlier record has: an erasure, or a state that
     *                    auth-service announces anew
     */
    record State(UUID id, @Nullable String login, @Nullable String displayName, @Nullable String email,
            @Nullable String language, String role, boolean active, long sequence, RecordPosition position,
            boolean isSettling) {

        /** The last state of a user. */
        public static State erased(UUID id, RecordPosition position) {
            return new State(id, null, null, null, null, Role.POPUG.wire(), false, Long.MAX_VALUE, position, true);
        }

        public boolean isErased() {
            return login == null;
        }
    }

    /**
     * The newest state of a user in a batch: the last settling one, or one with a higher sequence behind it.
     *
     * <p>A settling state's position, not a number in a record, makes it newer than others: the broker gives it, so no
     * writer can make up one that another record cannot exceed. It is newer than a stored one with a lower offset, and
     * than one of an earlier time, because offsets begin again when a topic is created again.
     *
     * @param settled where the user's last settling record of the batch lies; null without one
     */
    record Newest(State state, @Nullable RecordPosition settled) {

        /** One for each user of a batch. */
        public static Collection<Newest> of(Collection<State> states) {
            var newest = new LinkedHashMap<UUID, Newest>();
            for (var state : states) {
                newest.merge(state.id(), new Newest(state, state.isSettling() ? state.position() : null),
                        Newest::followedBy);
            }
            return newest.values();
        }

        private Newest followedBy(Newest next) {
            if (next.settled != null) {
                return next;
            }
            return next.state.sequence() > state.sequence() ? new Newest(next.state, settled) : this;
        }

        public UUID id() {
            return state.id();
        }

        public long sequence() {
            return state.sequence();
        }

        public long recordOffset() {
            return state.position().offset();
        }

        public long recordMillis() {
            return state.position().millis();
        }

        /** Null without a settling record. */
        public @Nullable Long settledOffset() {
            return settled == null ? null : settled.offset();
        }

        /** Null without a settling record. */
        public @Nullable Long settledMillis() {
            return settled == null ? null : settled.millis();
        }
    }
}
