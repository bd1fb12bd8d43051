package com.uberpopug.ates.platform.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;
import org.springframework.jdbc.core.support.AbstractSqlTypeValue;

/**
 * A PostgreSQL array parameter, so that one statement with {@code unnest} takes a batch of any size.
 *
 * <p>Pass it to {@code JdbcClient.param} like any other value. Elements may be null. It is sent in PostgreSQL's binary
 * form: the driver's own arrays of ids, times and dates are text, which either side takes longer to write and read than
 * the server to store the rows (docs/adr, 22).
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES">Format codes</a>;
 *      what they stand for is what the server's {@code array_recv} and the like of the element types read
 */
public final class SqlArray extends AbstractSqlTypeValue {

    /** PostgreSQL's own epoch of times and dates. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
    /**
     * The number of dimensions, whether there are nulls, the elements' type, their number, and the index of the first.
     */
    private static final int HEADER = 5 * Integer.BYTES;

    private final int type;
    private final byte[] binary;

    private SqlArray(int type, byte[] binary) {
        this.type = type;
        this.binary = binary;
    }

    public static <T> SqlArray uuids(Collection<T> rows, Function<T, @Nullable UUID> column) {
        return of(Oid.UUID_ARRAY, Oid.UUID, rows, column, id -> ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array());
    }

    public static SqlArray uuids(Collection<UUID> ids) {
        return uuids(ids, id -> id);
    }

    public static <T> SqlArray texts(Collection<T> rows, Function<T, @Nullable String> column) {
        return of(Oid.TEXT_ARRAY, Oid.TEXT, rows, column, text -> text.getBytes(UTF_8));
    }

    public static <T> SqlArray longs(Collection<T> rows, Function<T, @Nullable Long> column) {
        return of(Oid.INT8_ARRAY, Oid.INT8, rows, column, SqlArray::binary);
    }

    public static <T> SqlArray integers(Collection<T> rows, Function<T, @Nullable Integer> column) {
        return of(Oid.INT4_ARRAY, Oid.INT4, rows, column, SqlArray::binary);
    }

    public static <T> SqlArray booleans(Collection<T> rows, Function<T, @Nullable Boolean> column) {
        return of(Oid.BOOL_ARRAY, Oid.BOOL, rows, column, value -> new byte[]{(byte) (value ? 1 : 0)});
    }

    /**
     * Times, to the microsecond.
     *
     * @throws ArithmeticException where one is beyond what can be counted, or would be taken for infinity
     */
    public static <T> SqlArray instants(Collection<T> rows, Function<T, @Nullable Instant> column) {
        return of(Oid.TIMESTAMPTZ_ARRAY, Oid.TIMESTAMPTZ, rows, column, instant -> {
            long seconds = Math.subtractExact(instant.getEpochSecond(), EPOCH.getEpochSecond());
            long micros = Math.addExact(Math.multiplyExact(seconds, 1_000_000L), (instant.getNano() + 500) / 1_000);
            requireFinite(micros != Long.MIN_VALUE && micros != Long.MAX_VALUE, instant);
            return binary(micros);
        });
    }

    /**
     * Dates.
     *
     * @throws ArithmeticException where one is beyond what can be counted, or would be taken for infinity
     */
    public static <T> SqlArray dates(Collection<T> rows, Function<T, @Nullable LocalDate> column) {
        return of(Oid.DATE_ARRAY, Oid.DATE, rows, column, date -> {
            int days = Math.toIntExact(Math.subtractExact(date.toEpochDay(), EPOCH_DAY));
            requireFinite(days != Integer.MIN_VALUE && days != Integer.MAX_VALUE, date);
            return binary(days);
        });
    }

    public static SqlArray dates(Collection<LocalDate> dates) {
        return dates(dates, date -> date);
    }

    public static <T> SqlArray bytes(Collection<T> rows, Function<T, byte @Nullable []> column) {
        return of(Oid.BYTEA_ARRAY, Oid.BYTEA, rows, column::apply, bytes -> bytes);
    }

    private static byte[] binary(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static byte[] binary(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static void requireFinite(boolean isFinite, Object value) {
        if (!isFinite) {
            throw new ArithmeticException("For PostgreSQL " + value + " is infinity");
        }
    }

    private static <T, E> SqlArray of(int type, int elementType, Collection<T> rows, Function<T, @Nullable E> column,
            Function<E, byte[]> binary) {
        var elements = new byte @Nullable [rows.size()][];
        int length = HEADER;
        boolean hasNulls = false;
        int i = 0;
        for (var row : rows) {
            var element = column.apply(row);
            if (element == null) {
                hasNulls = true;
            } else {
                elements[i] = binary.apply(element);
                length = Math.addExact(length, elements[i].length);
            }
            length = Math.addExact(length, Integer.BYTES);
            i++;
        }
        var array = ByteBuffer.allocate(length).putInt(1).putInt(hasNulls ? 1 : 0).putInt(elementType)
                .putInt(elements.length).putInt(1);
        for (var element : elements) {
            if (element == null) {
                array.putInt(-1);
            } else {
                array.putInt(element.length).put(element);
            }
        }
        return new SqlArray(type, array.array());
    }

    @Override
    protected Object createTypeValue(Connection connection, int sqlType, @Nullable String typeName)
            throws SQLException {
        return new PgArray(connection.unwrap(BaseConnection.class), type, binary);
    }
}
