package com.uberpopug.ates.platform.web;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/**
 * A position in a list: the values of its ordering columns.
 *
 * @param parts as text, none with a line break
 */
public record Cursor(List<String> parts) {

    public static final int MAX_LENGTH = 500;

    public static Cursor of(Object... parts) {
        return new Cursor(Arrays.stream(parts).map(Object::toString).toList());
    }

    /** As it stands in {@code next} and {@code after}. */
    public String encoded() {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the parameter {@code after}.
     *
     * @param parse what it means; may throw an {@link IllegalArgumentException} or a {@link DateTimeException}
     * @throws org.springframework.web.ErrorResponseException 400 where it is not a cursor of this list
     */
    public static <T> Optional<T> decode(@Nullable String after, int parts, Function<List<String>, T> parse) {
        if (after == null || after.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (after.length() <= MAX_LENGTH) {
                var text = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
                var values = List.of(text.split("\n", -1));
                if (values.size() == parts && text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n')) {
                    return Optional.of(parse.apply(values));
                }
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw notOfThisList();
        }
        throw notOfThisList();
    }

    /** Reads a cursor that is one id. */
    public static Optional<UUID> id(@Nullable String after) {
        return decode(after, 1, parts -> uuid(parts.getFirst()));
    }

    /** Reads a part that is an id; {@link UUID#fromString} alone also takes ids with digits left out. */
    public static UUID uuid(String part) {
        var id = UUID.fromString(part);
        if (!id.toString().equals(part)) {
            throw new IllegalArgumentException("Not an id");
        }
        return id;
    }

    /** Reads a part that is a date. */
    public static LocalDate date(String part) {
        var date = LocalDate.parse(part);
        if (!Period.isOnCalendar(date)) {
            throw new IllegalArgumentException("Not on the calendar");
        }
        return date;
    }

    /** Reads a part that is an instant, of the years 1970 to 9999. */
    public static Instant instant(String part) {
        var instant = Instant.parse(part);
        if (!Period.isOnCalendar(LocalDate.ofInstant(instant, ZoneOffset.UTC))) {
            throw new IllegalArgumentException("Not on the calendar");
        }
        return instant;
    }

    /** Reads a part that is a sum of money in cents, which may be below zero. */
    public static long cents(String part) {
        if (!part.matches("0|-?[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException("Not a number");
        }
        return Long.parseLong(part);
    }

    /** Reads a part that counts from 1. */
    public static long number(String part) {
        if (!part.matches("[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException("Not a number from 1 on");
        }
        return Long.parseLong(part);
    }

    /** 400: the parameter {@code after} is a cursor, but not one that this list can have given. */
    public static ErrorResponseException notOfThisList() {
        return Problems.badRequest("after", "is not a cursor that this list has given");
    }
}
