package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Sends arrays to PostgreSQL in their binary form. */
@ServiceTest(database = "counting")
class SqlArrayTests {

    @Autowired
    private JdbcClient db;

    @Test
    void elements_and_nulls_arrive_unchanged_and_in_order() {
        arrives(SqlArray::<UUID>uuids, UUID.class, new UUID(0, 1), null, new UUID(-1, -1), UUID.randomUUID());
        arrives(SqlArray::texts, String.class, "", null, "Überpopug 🦜 {\"},\\ NULL", "null", "\u202E\t\n");
        arrives(SqlArray::longs, Long.class, 0L, null, Long.MIN_VALUE, Long.MAX_VALUE, -1L);
        arrives(SqlArray::integers, Integer.class, 0, null, Integer.MIN_VALUE, Integer.MAX_VALUE, -1);
        arrives(SqlArray::booleans, Boolean.class, true, null, false);
        arrives(SqlArray::bytes, byte[].class, new byte[0], null, new byte[]{0, -1, 92}, "🦜".getBytes(UTF_8));
        arrives(SqlArray::<LocalDate>dates, LocalDate.class, LocalDate.of(2000, 1, 1), null, LocalDate.EPOCH,
                LocalDate.of(-4712, 1, 1), LocalDate.of(999_999, 12, 31));
    }

    @Test
    void times_arrive_to_the_microsecond() {
        var times = Arrays.asList(Instant.parse("2000-01-01T00:00:00Z"), null, Instant.EPOCH,
                Instant.parse("1969-12-31T23:59:59.999999Z"), Instant.parse("2026-02-28T23:59:59.123456499Z"),
                Instant.parse("2026-02-28T23:59:59.123456500Z"), Instant.parse("0001-01-01T00:00:00.000001Z"));
        assertThat(db.sql("select time from unnest(:times) with ordinality as each (time, position) order by position")
                .param("times", SqlArray.instants(times, time -> time)).query(OffsetDateTime.class).list())
                .extracting(time -> time == null ? null : time.toInstant())
                .containsExactly(times.get(0), null, times.get(2), times.get(3),
                        Instant.parse("2026-02-28T23:59:59.123456Z"), Instant.parse("2026-02-28T23:59:59.123457Z"),
                        times.get(6));
    }

    @Test
    void empty_and_large_arrays_arrive() {
        assertThat(db.sql("select count(*) from unnest(:ids)").param("ids", SqlArray.uuids(List.of()))
                .query(Long.class).single()).isZero();
        assertThat(db.sql("select sum(each) from unnest(:numbers) as each")
                .param("numbers", SqlArray.integers(IntStream.rangeClosed(1, 100_000).boxed().toList(), each -> each))
                .query(Long.class).single()).isEqualTo(5_000_050_000L);
        assertThat(db.sql("select cardinality(:texts)")
                .param("texts", SqlArray.texts(Collections.nCopies(1_000, "x".repeat(10_000)), text -> text))
                .query(Long.class).single()).isEqualTo(1_000);
    }

    @Test
    void values_that_postgresql_cannot_represent_are_refused() {
        for (var date : List.of(LocalDate.MIN, LocalDate.MAX, LocalDate.of(2000, 1, 1).plusDays(Integer.MAX_VALUE),
                LocalDate.of(2000, 1, 1).plusDays(Integer.MIN_VALUE))) {
            assertThatThrownBy(() -> SqlArray.dates(List.of(date))).as("%s", date)
                    .isInstanceOf(ArithmeticException.class);
        }
        var epoch = Instant.parse("2000-01-01T00:00:00Z");
        for (var time : List.of(Instant.MIN, Instant.MAX, epoch.plusSeconds(Long.MIN_VALUE / 1_000_000 - 1)
                .plusNanos(1_000_000_000 - 775_808_000))) {
            assertThatThrownBy(() -> SqlArray.instants(List.of(time), each -> each)).as("%s", time)
                    .isInstanceOf(ArithmeticException.class);
        }
        for (var array : List.of(SqlArray.dates(List.of(LocalDate.of(-5000, 1, 1))),
                SqlArray.texts(List.of("\u0000"), text -> text))) {
            assertThatThrownBy(() -> db.sql("select cardinality(:array)").param("array", array).query(Long.class)
                    .single()).isInstanceOf(DataIntegrityViolationException.class);
        }
    }

    @SafeVarargs
    private <E> void arrives(BiFunction<List<E>, Function<E, @Nullable E>, SqlArray> array, Class<E> type,
            @Nullable E... elements) {
        var sent = Arrays.asList(elements);
        assertThat(db
                .sql("select each from unnest(:array) with ordinality as numbered (each, position) order by position")
                .param("array", array.apply(sent, element -> element)).query((row, _) -> row.getObject(1, type)).list())
                .usingRecursiveFieldByFieldElementComparator().isEqualTo(sent);
    }
}
