package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/** Concurrent writes of requests of one session that all read it before any of them wrote. */
public final class CrossingSessionWrites {

    private static final String NAME = "crossing";

    private CrossingSessionWrites() {
    }

    /** Of two added attributes the last stays, a removed attribute returns, and an ended session stays ended. */
    public static <S extends Session> void areNoFailures(SessionRepository<S> sessions) {
        var made = sessions.createSession();
        sessions.save(made);
        var id = made.getId();

        var first = read(sessions, id);
        var second = read(sessions, id);
        write(sessions, first, "first");
        write(sessions, second, "second");
        assertThat(read(sessions, id).<String>getAttribute(NAME)).isEqualTo("second");

        var removes = read(sessions, id);
        var replaces = read(sessions, id);
        removes.removeAttribute(NAME);
        sessions.save(removes);
        write(sessions, replaces, "again");
        assertThat(read(sessions, id).<String>getAttribute(NAME)).isEqualTo("again");

        var adds = read(sessions, id);
        sessions.deleteById(id);
        adds.setAttribute("late", "late");
        write(sessions, adds, "late");
        assertThat(sessions.findById(id)).isNull();
    }

    private static <S extends Session> S read(SessionRepository<S> sessions, String id) {
        return Objects.requireNonNull(sessions.findById(id));
    }

    private static <S extends Session> void write(SessionRepository<S> sessions, S session, String value) {
        session.setAttribute(NAME, value);
        sessions.save(session);
    }
}
