package com.uberpopug.ates.analytics.projection;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Owns the rebuilds and their progress; one at a time is unfinished. */
@Repository
class Rebuilds {

    private final JdbcClient db;
    private final Clock clock;

    Rebuilds(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /** Stores a request; false if a rebuild is unfinished. */
    boolean request(UUID id, UUID requester) {
        return db.sql("""
                insert into rebuilds (id, requested_by, requested_at, state) values (:id, :by, :now, 'REQUESTED')
                on conflict do nothing
                """).param("id", id).param("by", requester).param("now", now()).update() == 1;
    }

    Optional<RebuildView> latest() {
        return db.sql("select * from rebuilds order by requested_at desc, id desc limit 1").query(RebuildView.class)
                .optional();
    }

    Optional<RebuildView> unfinished() {
        return latest().filter(RebuildView::isRunning);
    }

    /** Starts, or starts again from nothing; false if the rebuild is finished. */
    boolean start(UUID id) {
        return db.sql("""
                update rebuilds
                   set state = 'READING', started_at = coalesce(started_at, :now), records_read = 0, records_total = 0,
                       dead_letters = 0, failures = 0, problem = null
                 where id = :id and finished_at is null
                """).param("id", id).param("now", now()).update() == 1;
    }

    void progress(UUID id, long read, long total, long deadLetters, long failures) {
        db.sql("""
                update rebuilds
                   set state = 'READING', records_read = :read, records_total = :total, dead_letters = :deadLetters,
                       failures = :failures, problem = null
                 where id = :id and finished_at is null
                """).param("id", id).param("read", read).param("total", total).param("deadLetters", deadLetters)
                .param("failures", failures).update();
    }

    void waitBecause(UUID id, String problem) {
        db.sql("update rebuilds set state = 'WAITING', problem = :problem where id = :id and finished_at is null")
                .param("id", id).param("problem", problem).update();
    }

    void fail(UUID id, String problem) {
        db.sql("""
                update rebuilds set state = 'FAILED', problem = :problem, finished_at = :now
                 where id = :id and finished_at is null
                """).param("id", id).param("problem", problem).param("now", now()).update();
    }

    /** False if it is finished already: nothing of its rows may be served then. */
    boolean finish(UUID id, long rowsChanged) {
        return db.sql("""
                update rebuilds set state = 'SWITCHED', rows_changed = :changed, problem = null, finished_at = :now
                 where id = :id and finished_at is null
                """).param("id", id).param("changed", rowsChanged).param("now", now()).update() == 1;
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }
}
