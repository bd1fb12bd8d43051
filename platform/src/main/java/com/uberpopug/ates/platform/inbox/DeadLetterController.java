package com.uberpopug.ates.platform.inbox;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.uberpopug.ates.platform.Failure;
import com.uberpopug.ates.platform.avro.AvroDeserializer;
import com.uberpopug.ates.platform.inbox.DeadLetter.Id;
import com.uberpopug.ates.platform.inbox.DeadLetterTable.Before;
import com.uberpopug.ates.platform.inbox.DeadLetterTable.Kept;
import com.uberpopug.ates.platform.inbox.Subscription.Replay;
import com.uberpopug.ates.platform.security.Allowed;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Problems;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What this service has set aside, for admins. */
@RestController
@RequestMapping("/api/dead-letters")
final class DeadLetterController {

    private static final String ID = "accounting.tasks-3-42";
    private static final String AN_ID = "019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d";
    /** Under which a problem says why it fails again. */
    static final String CAUSE = "cause";

    private static final String IS_PROCESSED = "The fact has been applied already";
    private static final String IS_DISCARDED = "The dead letter was discarded";
    private static final Logger log = LoggerFactory.getLogger(DeadLetterController.class);

    private final DeadLetterTable letters;
    private final Inbox inbox;
    private final AvroDeserializer deserializer;
    private final TransactionTemplate transaction;

    DeadLetterController(DeadLetterTable letters, Inbox inbox, AvroDeserializer deserializer,
            TransactionTemplate transaction) {
        this.letters = letters;
        this.inbox = inbox;
        this.deserializer = deserializer;
        this.transaction = transaction;
    }

    /**
     * A dead letter.
     *
     * @param id         {@code <consumer>-<partition>-<offset>}: who could not apply which record
     * @param state      {@code waiting}; {@code processed} once the consumer has applied the fact, by a replay or otherwise;
     *                   {@code discarded} once an admin has given up on it
     * @param consumer   who could not apply the record
     * @param cause      class and message of what went wrong
     * @param type       such as {@code Tasks.Created}; null where the record does not say
     * @param key        the aggregate's id, as UTF-8; null where the record has none; a list shows at most its first 1,024 bytes
     * @param factId     the fact; null where the record does not say
     * @param occurredAt when that was; null where the record does not say
     * @param failedAt   when it was set aside; it is kept for 30 days from then
     * @param topic      where the record came from
     * @param partition  of that topic
     * @param offset     in that partition
     */
    record Summary(@Schema(example = ID) String id,
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

        Summary with(@Nullable String wholeKey) {
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
    record Content(@JsonUnwrapped Summary letter, @Schema(example = "/w==") byte @Nullable [] keyBytes,
            List<Header> headers,
            @Schema(example = "{\"task_id\": \"" + AN_ID
                    + "\", \"fee_cents\": 1500}") @Nullable Map<String, @Nullable Object> event,
            @Schema(example = "The value ends too early") @Nullable String reason,
            @Schema(example = "AAAAAAcCSA==") byte @Nullable [] value) {
    }

    /**
     * A header of a record.
     *
     * @param name  such as {@code ce_type}
     * @param value its bytes as UTF-8; null where it has none
     * @param bytes the same in Base64 where they are not UTF-8
     */
    record Header(@Schema(example = "ce_type") String name, @Schema(example = "Tasks.Created") @Nullable String value,
            @Schema(example = "/w==") byte @Nullable [] bytes) {

        static Header of(org.apache.kafka.common.header.Header header) {
            return new Header(header.key(), header.value() == null ? null : text(header.value()),
                    unlessText(header.value()));
        }
    }

    /**
     * How to replay a dead letter.
     *
     * @param dryRun whether it is only tried, and taken back whatever comes of it; left out, it is not
     */
    record ReplayRequest(@Nullable Boolean dryRun) {
    }

    /**
     * What was done.
     *
     * @param id      of the letter
     * @param dryRun  whether it was only tried
     * @param outcome {@code applied}, or in a dry run {@code would_be_applied}
     */
    record Replayed(@Schema(example = ID) String id, boolean dryRun,
            @Schema(allowableValues = {
                    "applied", "would_be_applied"}, example = "would_be_applied") String outcome){
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    @Operation(summary = "What this service has set aside, the newest first", description = "Admins.")
    Page<Summary> list(@RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        var before = Cursor.decode(after, 2, parts -> new Before(Instant.parse(parts.getFirst()),
                Cursor.number(parts.getLast())));
        int most = Page.limit(limit);
        var found = letters.list(before, most + 1);
        var shown = found.stream().limit(most).toList();
        return new Page<>(shown.stream().map(Summary::of).toList(), found.size() == shown.size()
                ? null
                : Cursor.of(shown.getLast().failedAt(), shown.getLast().sortId()).encoded());
    }

    @GetMapping("/{id}")
    @Allowed(Role.ADMIN)
    @Operation(summary = "A dead letter with its content", description = "Admins.")
    Content one(
            @Parameter(description = "The dead letter", example = ID) @PathVariable String id) {
        var letter = find(id);
        var kept = record(letter);
        var record = kept.record();
        var summary = Summary.of(letter).with(record.key() == null ? null : text(record.key()));
        var headers = StreamSupport.stream(record.headers().spliterator(), false).map(Header::of).toList();
        var keyBytes = unlessText(record.key());
        if (!kept.isWhole()) {
            return new Content(summary, keyBytes, headers, null, leftOut(kept), null);
        }
        if (record.value() == null) {
            return new Content(summary, keyBytes, headers, null, null, null);
        }
        try {
            var event = deserializer.deserialize(record.topic(), record.headers(), record.value());
            return new Content(summary, keyBytes, headers, fields(event), null, null);
        } catch (RuntimeException e) {
            return new Content(summary, keyBytes, headers, null, String.valueOf(e.getMessage()), record.value());
        }
    }

    @PostMapping("/{id}/replay")
    @Allowed(Role.ADMIN)
    @Operation(summary = "Apply a dead letter after all", description = "Admins. By the consumer that has set it aside, and once.")
    @ApiResponse(responseCode = "200", description = "What came of it")
    @ApiResponse(responseCode = "409", description = "The fact has been applied already, the dead letter was discarded, or nobody here reacts to it any more")
    @ApiResponse(responseCode = "422", description = "It fails again")
    Replayed replay(
            @Parameter(description = "The dead letter", example = ID) @PathVariable String id,
            @RequestBody(required = false) @Nullable ReplayRequest request, Caller caller) {
        boolean dryRun = request != null && Boolean.TRUE.equals(request.dryRun());
        var letter = find(id);
        if (letter.state().equals(DeadLetter.DISCARDED)) {
            throw Problems.conflict(IS_DISCARDED);
        }
        var name = letter.key().consumer();
        var consumer = inbox.subscription(name)
                .orElseThrow(() -> Problems.conflict("There is no consumer " + name + " here any more"));
        var kept = record(letter);
        if (!kept.isWhole()) {
            throw Problems.conflict(leftOut(kept));
        }
        var outcome = consumer.replay(kept.record(), dryRun);
        log.info("{} asked for a {}replay of dead letter {}: {}", caller.id(), dryRun ? "dry " : "", id, outcome);
        return switch (outcome) {
            case Replay.Applied() -> new Replayed(id, dryRun, dryRun ? "would_be_applied" : "applied");
            case Replay.AppliedBefore() -> throw Problems.conflict(IS_PROCESSED);
            case Replay.Discarded() -> throw Problems.conflict(IS_DISCARDED);
            case Replay.NotHandled() -> throw Problems.conflict(name + " does not react to this");
            case Replay.Refused(var cause) -> throw failsAgain(Failure.describe(cause));
        };
    }

    @PostMapping("/{id}/discard")
    @Allowed(Role.ADMIN)
    @Operation(summary = "Give up on a dead letter", description = "Admins. It waits no longer and is not replayed any more. It stays in the list until its 30 days are over.")
    @ApiResponse(responseCode = "200", description = "The dead letter, which is discarded")
    @ApiResponse(responseCode = "409", description = "The fact has been applied already, or the dead letter was discarded before")
    Summary discard(@Parameter(description = "The dead letter", example = ID) @PathVariable String id, Caller caller) {
        var letter = find(id);
        var discarded = requireNonNull(transaction.execute(_ -> {
            if (!letters.discard(letter.key(), caller.id())) {
                throw Problems.conflict(IS_DISCARDED);
            }
            // Only now: a replay that was under way is through.
            var now = find(id);
            if (now.state().equals(DeadLetter.PROCESSED)) {
                throw Problems.conflict(IS_PROCESSED);
            }
            return Summary.of(now);
        }));
        log.info("{} has discarded dead letter {}", caller.id(), id);
        return discarded;
    }

    private static ErrorResponseException failsAgain(String cause) {
        var problem = Problems.unprocessable("It fails again: " + cause);
        problem.getBody().setProperty(CAUSE, cause);
        return problem;
    }

    private DeadLetter find(String id) {
        try {
            return letters.find(Id.parse(id)).orElseThrow(() -> noSuch(id));
        } catch (IllegalArgumentException e) {
            throw Problems.badRequest("id", "must be the id of a dead letter, such as a list of them gives");
        }
    }

    private Kept record(DeadLetter letter) {
        return letters.record(letter.key()).orElseThrow(() -> noSuch(letter.id().toString()));
    }

    private static ErrorResponseException noSuch(String id) {
        return Problems.notFound("There is no dead letter " + id);
    }

    private static String leftOut(Kept kept) {
        return "The record has %d bytes, more than the %d that are kept of one; it is where it came from"
                .formatted(kept.leftOutBytes(), DeadLetterTable.MAX_KEPT_BYTES);
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
            case Collection<?> several -> several.stream().map(DeadLetterController::json).toList();
            case null, default -> value;
        };
    }
}
