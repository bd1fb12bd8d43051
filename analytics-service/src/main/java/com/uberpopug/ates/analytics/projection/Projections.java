package com.uberpopug.ates.analytics.projection;

import static java.util.stream.Collectors.joining;

import com.uberpopug.ates.events.Topics;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Owns the tables of all projections as a whole: the serving ones, and those of the same names in the schema
 * {@code rebuilding}, where the facts of the topics are applied anew.
 */
@Repository
class Projections {

    /** The consumers that feed the projections, and their topics. The copy of the users is none: it decides on access. */
    static final Map<String, String> CONSUMERS = Map.of("analytics.tasks", Topics.TASKS, "analytics.balances",
            Topics.BALANCES, "analytics.managers", Topics.MANAGERS);

    /** In the order in which the consumers lock them. */
    static final List<Table> TABLES = List.of(new Table("tasks", "task_id"),
            new Table("corrected_transfers", "transfer_id"), new Table("balances", "worker_id"),
            new Table("daily_balances", "worker_id", "business_date"), new Table("below_zero_changes", "business_date"),
            new Table("earnings", "business_date"), new Table("closed_days", "business_date"));

    /** Tables are compared as a whole; the pool's own limit is for requests. */
    private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(10);

    private final JdbcClient db;
    private final JdbcOperations jdbc;

    Projections(JdbcClient db, JdbcOperations jdbc) {
        this.db = db;
        this.jdbc = jdbc;
    }

    /** A projection and its primary key. */
    record Table(String name, List<String> key) {

        Table(String name, String... key) {
            this(name, List.of(key));
        }

        private String sameKey() {
            return key.stream().map(column -> "fresh.%1$s = served.%1$s".formatted(column)).collect(joining(" and "));
        }

        /** A date on which as many workers went below zero as came back may have a row, or none. */
        private String rows(String schema) {
            return name.equals("below_zero_changes")
                    ? "(select * from %s.%s where workers <> 0)".formatted(schema, name)
                    : schema + "." + name;
        }
    }

    /**
     * A row or figure that does not follow from the events.
     *
     * @param rule     the projection, or the rule between projections
     * @param subject  the row's key
     * @param expected what follows from the events; null if there should be nothing
     * @param actual   what the projections have; null if they have nothing
     */
    record Difference(@Schema(example = "EARNINGS") String rule, @Schema(example = "2026-11-22") String subject,
            @Schema(example = "{\"sequence\": 4, \"earned_cents\": 1200, \"business_date\": \"2026-11-22\"}") @Nullable String expected,
            @Schema(example = "{\"sequence\": 4, \"earned_cents\": 1300, \"business_date\": \"2026-11-22\"}") @Nullable String actual) {
    }

    /** Lets the statements of this transaction take longer than others. */
    void takeTime() {
        jdbc.execute((ConnectionCallback<Connection>) connection -> {
            connection.setNetworkTimeout(Runnable::run, (int) STATEMENT_LIMIT.toMillis());
            return connection;
        });
    }

    /** Until the transaction ends, the tables' names are those of the tables that are built anew. */
    void buildAnew() {
        db.sql("select set_config('search_path', 'rebuilding, public', true)").query(String.class).single();
    }

    /**
     * Empties the tables that are built anew.
     *
     * @param attempt writes them from now on, and no other one
     */
    void empty(UUID attempt) {
        db.sql("set local lock_timeout = '5s'").update();
        db.sql("truncate rebuilding.attempt, " + names("rebuilding")).update();
        db.sql("set local lock_timeout = 0").update();
        db.sql("insert into rebuilding.attempt (id) values (?)").param(attempt).update();
    }

    /** Until the transaction ends, no other attempt writes; false if this one has lost the tables. */
    boolean claim(UUID attempt) {
        return db.sql("select id from rebuilding.attempt where id = ? for update").param(attempt).query(UUID.class)
                .optional().isPresent();
    }

    /** This transaction's commit does not wait for the disk: a crash of the server empties the built tables anyway. */
    void commitWithoutWaiting() {
        db.sql("set local synchronous_commit = off").update();
    }

    /** Until the transaction ends, no consumer applies a fact, and readers go on. */
    void stopConsumers() {
        db.sql("set local lock_timeout = '5s'").update();
        db.sql("lock table " + names("public") + " in share row exclusive mode").update();
        db.sql("set local lock_timeout = 0").update();
    }

    /**
     * Gives the serving tables the rows of those that were built anew; equal rows stay untouched. Readers have the rows
     * before until the transaction ends.
     *
     * @return the number of rows that differed
     */
    long serveBuilt() {
        db.sql("set local work_mem = '64MB'").update();
        // Such a row is as good as none, and no difference.
        List.of("public", "rebuilding").forEach(schema -> db
                .sql("delete from %s.below_zero_changes where workers = 0".formatted(schema)).update());
        return TABLES.stream().mapToLong(this::serveBuilt).sum();
    }

    private record Removed(long all, long replaced) {
    }

    private long serveBuilt(Table table) {
        var removed = db.sql("""
                with removed as (
                    delete from public.%1$s as served
                     where not exists (select from rebuilding.%1$s as fresh
                                        where %2$s and fresh is not distinct from served)
                    returning exists (select from rebuilding.%1$s as fresh where %2$s) as is_replaced
                )
                select count(*) as all, count(*) filter (where is_replaced) as replaced from removed
                """.formatted(table.name(), table.sameKey())).query(Removed.class).single();
        int inserted = db.sql("""
                insert into public.%1$s
                select fresh.* from rebuilding.%1$s as fresh
                 where not exists (select from public.%1$s as served where %2$s)
                """.formatted(table.name(), table.sameKey())).update();
        return removed.all() + inserted - removed.replaced();
    }

    /** Rows of serving tables that differ from those built anew, by projection, each list of bounded length. */
    List<List<Difference>> differences(int limit) {
        BiFunction<Table, String, String> rowOf = (table,
                alias) -> "case when %1$s.%2$s is not null then to_jsonb(%1$s)::text end"
                        .formatted(alias, table.key().getFirst());
        return TABLES.stream().map(table -> db.sql("""
                select '%1$s' as rule, %2$s as subject, %3$s as expected, %4$s as actual
                  from %5$s as fresh
                  full join %6$s as served on %7$s
                 where fresh is distinct from served
                 order by subject
                 limit %8$d
                """.formatted(table.name().toUpperCase(Locale.ROOT),
                table.key().stream().map(column -> "coalesce(fresh.%1$s, served.%1$s)".formatted(column))
                        .collect(joining(", ", "concat_ws(', ', ", ")")),
                rowOf.apply(table, "fresh"), rowOf.apply(table, "served"), table.rows("rebuilding"),
                table.rows("public"), table.sameKey(), limit)).query(Difference.class).list()).toList();
    }

    private static String names(String schema) {
        return TABLES.stream().map(table -> schema + "." + table.name()).collect(joining(", "));
    }
}
