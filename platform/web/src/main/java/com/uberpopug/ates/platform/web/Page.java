package com.uberpopug.ates.platform.web;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param items in the list's order, at most as many as the limit
 * @param next  the cursor of the page after this one, to be given as {@code after}; null on the last page
 */
public record Page<T>(List<T> items,
        @Schema(example = "MDE5ZGQxYTAtNWI2Yy03ZDJhLTljNDEtM2Y4ZTZhMWIyYzRk") @Nullable String next) {

    public static final int DEFAULT_LIMIT = 50;
    public static final int MAX_LIMIT = 200;

    /**
     * Cuts a page from what was read.
     *
     * @param rows   up to one more than {@code limit}, which shows that there is a next page
     * @param cursor the cursor of a row
     */
    public static <T> Page<T> of(List<T> rows, int limit, Function<T, Cursor> cursor) {
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        var items = rows.subList(0, limit);
        return new Page<>(List.copyOf(items), cursor.apply(items.getLast()).encoded());
    }

    /**
     * The limit of a request.
     *
     * @throws org.springframework.web.ErrorResponseException 400 where it is not between 1 and {@value #MAX_LIMIT}
     */
    public static int limit(@Nullable Integer asked) {
        if (asked == null) {
            return DEFAULT_LIMIT;
        }
        if (asked < 1 || asked > MAX_LIMIT) {
            throw Problems.badRequest("limit", "must be between 1 and " + MAX_LIMIT);
        }
        return asked;
    }
}
