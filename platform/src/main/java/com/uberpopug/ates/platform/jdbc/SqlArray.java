package com.uberpopug.ates.platform.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.support.AbstractSqlTypeValue;

/**
 * A PostgreSQL array parameter, so that one statement with {@code unnest} takes a batch of any size.
 *
 * <p>Pass it to {@code JdbcClient.param} like any other value. Elements may be null.
 */
public final class SqlArray extends AbstractSqlTypeValue {

    private final String elementType;
    private final @Nullable Object[] elements;

    private SqlArray(String elementType, @Nullable Object[] elements) {
        this.elementType = elementType;
        this.elements = elements;
    }

    public static <T> SqlArray uuids(Collection<T> rows, Function<T, @Nullable UUID> column) {
        return of("uuid", rows, column);
    }

    public static SqlArray uuids(Collection<UUID> ids) {
        return uuids(ids, id -> id);
    }

    public static <T> SqlArray texts(Collection<T> rows, Function<T, @Nullable String> column) {
        return of("text", rows, column);
    }

    public static <T> SqlArray longs(Collection<T> rows, Function<T, @Nullable Long> column) {
        return of("int8", rows, column);
    }

    public static <T> SqlArray integers(Collection<T> rows, Function<T, @Nullable Integer> column) {
        return of("int4", rows, column);
    }

    public static <T> SqlArray booleans(Collection<T> rows, Function<T, @Nullable Boolean> column) {
        return of("bool", rows, column);
    }

    public static <T> SqlArray instants(Collection<T> rows, Function<T, @Nullable Instant> column) {
        return of("timestamptz", rows, row -> {
            var instant = column.apply(row);
            return instant == null ? null : Timestamp.from(instant);
        });
    }

    public static <T> SqlArray dates(Collection<T> rows, Function<T, @Nullable LocalDate> column) {
        return of("date", rows, row -> {
            var date = column.apply(row);
            // PostgreSQL takes no sign before a year of five digits, and some week has to be the last.
            return date == null ? null : date.toString().replace("+", "");
        });
    }

    public static SqlArray dates(Collection<LocalDate> dates) {
        return dates(dates, date -> date);
    }

    public static <T> SqlArray bytes(Collection<T> rows, Function<T, byte @Nullable []> column) {
        return of("bytea", rows, column::apply);
    }

    private static <T> SqlArray of(String elementType, Collection<T> rows, Function<T, @Nullable ?> column) {
        var elements = new @Nullable Object[rows.size()];
        int i = 0;
        for (var row : rows) {
            elements[i++] = column.apply(row);
        }
        return new SqlArray(elementType, elements);
    }

    @Override
    protected Object createTypeValue(Connection connection, int sqlType, @Nullable String typeName)
            throws SQLException {
        if (elementType.equals("bytea")) {
            var bytes = new byte @Nullable [elements.length][];
            System.arraycopy(elements, 0, bytes, 0, elements.length);
            return connection.createArrayOf(elementType, bytes);
        }
        return connection.createArrayOf(elementType, elements);
    }
}
