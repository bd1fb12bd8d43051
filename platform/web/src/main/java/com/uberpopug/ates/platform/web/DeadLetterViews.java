package com.uberpopug.ates.platform.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.uberpopug.ates.platform.events.inbox.DeadLetter;
import com.uberpopug.ates.platform.events.inbox.StoredDeadLetters;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Dead letters as the API and the pages show them. */
public final class DeadLetterViews {

    static final String ID = "accounting.tasks-3-42";
    private static final String AN_ID = "019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d";

    private DeadLetterViews() {
    }

    /**
     * A page of the list, the newest letter first.
     *
     * @param after where the page before ended; null for the first page
     * @param limit how many letters, 50 where null
     */
    public static Page<Summary> page(StoredDeadLetters letters, @Nullable String after, @Nullable Integer limit) {
        var before = Cursor.decode(after, 2, parts -> new StoredDeadLetters.Before(Cursor.instant(parts.getFirst()),
                Cursor.number(parts.getLast())));
        int most = Page.limit(limit);
        var found = letters.list(before, most + 1);
        var shown = found.stream().limit(most).toList();
        return new Page<>(shown.stream().map(Summary::of).toList(), found.size() == shown.size()
                ? null
                : Cursor.of(shown.getLast().failedAt(), shown.getLast().sortId()).encoded());
    }

    /**
     * The id in a path.
     *
     * @throws org.springframework.web.ErrorResponseException 400 where it is not the id of a dead letter
     */
    public static DeadLetter.Id id(String text) {
        try {
            return DeadLetter.Id.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problems.badRequest("id", "must be the id of a dead letter, such as a list of them gives");
        }
    }

    /**
     * A dead letter.
     *
     * @param id         {@code <consumer>-<partition>-<offset>}: who could not apply which record
     * @param state      {@code waiting}; {@code processed} once the consumer has applied the fact, by a replay or
     *                   otherwise; {@code discarded} once an admin has given up on it
     * @param consumer   who could not apply the record
     * @param cause      class and message of what went wrong
     * @param type       such as {@code Tasks.Created}; null where the record names none
     * @param key        the aggregate's id, as UTF-8; null where the record has none; a list shows at most its first
     *                   1,024 bytes
     * @param factId     the fact; null where the record names none
     * @param occurredAt when the fact happened; null where the record does not give it
     * @param failedAt   when it was set aside; it is kept for 30 days from then
     * @param topic      where the record came from
     * @param partition  of that topic
     * @param offset     in that partition
     */
    public record Summary(@Schema(example = ID) String id,
            @Schema(allowableValues = {
                    "waiting", "processed", "discarded"}) String state,
            @Schema(example = "accounting.tasks") String consumer,
            @Schema(example = "java.lang.ArithmeticException: long overflow") String cause,
            @Schema(example = "Tasks.Created") @Nullable String type,
            @Schema(example = AN_ID) @Nullable String key, @Nullable UUID factId,
            @Nullable Instant occurredAt, Instant failedAt, @Schema(example = "ates.tasks") String topic, int partition,
            long offset){

        static Summary of(DeadLetter letter) {
            return new Summary(letter.id().toString(), letter.state(), letter.key().consumer(), letter.cause(),
                    letter.type(), letter.recordKey() == null ? null : text(letter.recordKey()), letter.factId(),
                    letter.occurredAt(), letter.failedAt(), letter.topic(), letter.partition(), letter.offset());
        }

        private Summary with(@Nullable String wholeKey) {
            return new Summary(id, state, consumer, cause, type, wholeKey, factId, occurredAt, failedAt, topic,
                    partition,
                    offset);
        }
    }

    /**
     * A dead letter with its content.
     *
     * @param letter   as in the list, with the whole key
     * @param keyBytes the key's bytes in Base64 where they are not UTF-8
     * @param headers  of the record, in order; a name may come again
     * @param event    the fields of the event; null where it cannot be decoded, or the record has no value
     * @param reason   why the event cannot be decoded
     * @param value    the record's bytes where the event cannot be decoded, in Base64
     */
    public record Content(@JsonUnwrapped Summary letter, @Schema(example = "/w==") byte @Nullable [] keyBytes,
            List<Header> headers,
            @Schema(example = "{\"task_id\": \"" + AN_ID
                    + "\", \"fee_cents\": 1500}") @Nullable Map<String, @Nullable Object> event,
            @Schema(example = "The value ends too early") @Nullable String reason,
            @Schema(example = "AAAAAAcCSA==") byte @Nullable [] value) {

        public static Content of(StoredDeadLetters.Content found) {
            var record = found.record();
            var summary = Summary.of(found.letter()).with(record.key() == null ? null : text(record.key()));
            var headers = StreamSupport.stream(record.headers().spliterator(), false).map(Header::of).toList();
            return new Content(summary, unlessText(record.key()), headers,
                    found.event() == null ? null : fields(found.event()), found.reason(),
                    found.event() == null ? record.value() : null);
        }
    }

    /**
     * A header of a record.
     *
     * @param name  such as {@code ce_type}
     * @param value its bytes as UTF-8; null where it has none
     * @param bytes the same in Base64 where they are not UTF-8
     */
    public record Header(@Schema(example = "ce_type") String name,
            @Schema(example = "Tasks.Created") @Nullable String value,
            @Schema(example = "/w==") byte @Nullable [] bytes) {

        static Header of(org.apache.kafka.common.header.Header header) {
            return new Header(header.key(), header.value() == null ? null : text(header.value()),
                    unlessText(header.value()));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] unlessText(byte @Nullable [] bytes) {
        return bytes == null || Arrays.equals(text(bytes).getBytes(StandardCharsets.UTF_8), bytes) ? null : bytes;
    }

    private static Map<String, @Nullable Object> fields(SpecificRecord event) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        event.getSchema().getFields().forEach(field -> fields.put(field.name(), json(event.get(field.pos()))));
        return fields;
    }

    private static @Nullable Object json(@Nullable Object value) {
        return switch (value) {
            case SpecificRecord nested -> fields(nested);
            case Collection<?> several -> several.stream().map(DeadLetterViews::json).toList();
            case null, default -> value;
        };
    }
}
