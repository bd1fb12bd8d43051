package com.uberpopug.ates.platform.inbox;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.uberpopug.ates.platform.Failure;
import com.uberpopug.ates.platform.avro.AvroDeserializer;
import com.uberpopug.ates.platform.inbox.DeadLetter.Place;
import com.uberpopug.ates.platform.inbox.Subscription.Replay;
import com.uberpopug.ates.platform.kafka.Envelope;
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
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
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

    private static final String ID = "ates.tasks.accounting-service.dlt-3-42";
    private static final String AN_ID = "019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d";
    private static final String PROCESSED = "processed";
    private static final String DISCARDED = "discarded";
    /** Under which a problem says why it fails again. */
    static final String CAUSE = "cause";

    private static final String IS_PROCESSED = "The fact has been applied already";
    private static final String IS_DISCARDED = "The dead letter was discarded";
    private static final Logger log = LoggerFactory.getLogger(DeadLetterController.class);

    private final DeadLetterTopics topics;
    private final AppliedFacts applied;
    private final SetAside setAside;
    private final Inbox inbox;
    private final AvroDeserializer deserializer;
    private final TransactionTemplate transaction;

    DeadLetterController(DeadLetterTopics topics, AppliedFacts applied, SetAside setAside, Inbox inbox,
            AvroDeserializer deserializer, TransactionTemplate transaction) {
        this.topics = topics;
        this.applied = applied;
        this.setAside = setAside;
        this.inbox = inbox;
        this.deserializer = deserializer;
        this.transaction = transaction;
    }

    /**
     * A dead letter.
     *
     * @param id         {@code <topic>-<partition>-<offset>} of the letter itself
     * @param state      {@code waiting}; {@code processed} once the consumer has applied the fact, by a replay or otherwise;
     *                   {@code discarded} once an admin has given up on it
     * @param consumer   who could not apply the record
     * @param cause      class and message of what went wrong
     * @param type       such as {@code Tasks.Created}; null where the record does not say
     * @param key        the aggregate's id; null where the record has none
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

        static Summary of(DeadLetter letter, String state) {
            var record = letter.original();
            return new Summary(letter.place().toString(), state, letter.consumer(), letter.cause(),
                    Envelope.get(record.headers(), Envelope.TYPE).orElse(null),
                    record.key(), letter.factId(), occurredAt(letter), letter.failedAt(), record.topic(),
                    record.partition(), record.offset());
        }

        private static @Nullable Instant occurredAt(DeadLetter letter) {
            try {
                return Envelope.get(letter.original().headers(), Envelope.TIME).map(Instant::parse).orElse(null);
            } catch (DateTimeParseException e) {
                return null;
            }
        }
    }

    /**
     * A dead letter with its content.
     *
     * @param letter  as in the list
     * @param headers of the record, in order; a name may come again
     * @param event   the fields of the event; null where it cannot be decoded, or the record has no value
     * @param reason  why the event cannot be decoded
     * @param value   the record's bytes where the event cannot be decoded, in Base64
     */
    record Content(@JsonUnwrapped Summary letter, List<Header> headers,
            @Schema(example = "{\"task_id\": \"" + AN_ID
                    + "\", \"fee_cents\": 1500}") @Nullable Map<String, @Nullable Object> event,
            @Schema(example = "The value ends too early") @Nullable String reason,
            @Schema(example = "AAAAAAcCSA==") byte @Nullable [] value) {
    }

    /**
     * A header of a record.
     *
     * @param name  such as {@code ce_type}
     * @param value its bytes as UTF-8
     */
    record Header(@Schema(example = "ce_type") String name, @Schema(example = "Tasks.Created") String value) {
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
        var before = Cursor.decode(after, 1,
                parts -> Stream.of(parts.getFirst().split(",")).map(Place::parse).toList());
        var listing = topics.list(before.orElse(List.of()), Page.limit(limit));
        var next = listing.next().stream().map(Place::toString).collect(joining(","));
        return new Page<>(summaries(listing.letters()),
                next.isEmpty() ? null : Cursor.of(next).encoded());
    }

    @GetMapping("/{id}")
    @Allowed(Role.ADMIN)
    @Operation(summary = "A dead letter with its content", description = "Admins.")
    Content one(
            @Parameter(description = "The dead letter", example = ID) @PathVariable String id) {
        var letter = find(id);
        var summary = summary(letter);
        var record = letter.original();
        var headers = StreamSupport.stream(record.headers().spliterator(), false)
                .map(header -> new Header(header.key(), text(header.value()))).toList();
        if (record.value() == null) {
            return new Content(summary, headers, null, null, null);
        }
        try {
            var event = deserializer.deserialize(record.topic(), record.headers(), record.value());
            return new Content(summary, headers, fields(event), null, null);
        } catch (RuntimeException e) {
            return new Content(summary, headers, null, String.valueOf(e.getMessage()), record.value());
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
        if (summary(letter).state().equals(DISCARDED)) {
            throw Problems.conflict(IS_DISCARDED);
        }
        var consumer = inbox.subscription(letter.consumer())
                .orElseThrow(() -> Problems.conflict("There is no consumer " + letter.consumer() + " here any more"));
        var outcome = consumer.replay(letter.original(), dryRun);
        log.info("{} asked for a {}replay of dead letter {}: {}", caller.id(), dryRun ? "dry " : "", id, outcome);
        return switch (outcome) {
            case Replay.Applied() -> new Replayed(id, dryRun, dryRun ? "would_be_applied" : "applied");
            case Replay.AppliedBefore() -> throw Problems.conflict(IS_PROCESSED);
            case Replay.Discarded() -> throw Problems.conflict(IS_DISCARDED);
            case Replay.NotHandled() -> throw Problems.conflict(letter.consumer() + " does not react to this");
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
            if (!setAside.discard(letter.key(), letter.factId(), caller.id())) {
                throw Problems.conflict(IS_DISCARDED);
            }
            // Only now: a replay that was under way is through.
            var summary = summary(letter);
            if (summary.state().equals(PROCESSED)) {
                throw Problems.conflict(IS_PROCESSED);
            }
            return summary;
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
            return topics.find(Place.parse(id)).orElseThrow(() -> Problems.notFound("There is no dead letter " + id));
        } catch (IllegalArgumentException e) {
            throw Problems.badRequest("id", "must be the id of a dead letter, such as a list of them gives");
        }
    }

    private Summary summary(DeadLetter letter) {
        return summaries(List.of(letter)).getFirst();
    }

    private List<Summary> summaries(List<DeadLetter> letters) {
        var processed = applied.known(letters.stream().flatMap(letter -> letter.fact().stream()).toList());
        var discarded = setAside.discarded(letters.stream().map(DeadLetter::key).toList());
        return letters.stream().map(letter -> Summary.of(letter,
                letter.fact().filter(processed::contains).isPresent()
                        ? PROCESSED
                        : discarded.contains(letter.key()) ? DISCARDED : "waiting"))
                .toList();
    }

    private static String text(byte @Nullable [] header) {
        return header == null ? "" : new String(header, StandardCharsets.UTF_8);
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
