package com.uberpopug.ates.events;

import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserRestated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Every version of every event, with its topic, its {@code ce_type}, its generated class and its schema.
 *
 * <p>Avro instantiates the generated classes only after this class is initialised, so every reader or copier of events
 * must load it first.
 */
public enum EventType {

    USER_CREATED_V1(Topics.USERS, "Users.Created", 1, UserCreated.class),
    USER_UPDATED_V1(Topics.USERS, "Users.Updated", 1, UserUpdated.class),
    USER_RESTATED_V1(Topics.USERS, "Users.Restated", 1, UserRestated.class),
    SESSION_ENDED_V1(Topics.SESSIONS, "Sessions.Ended", 1, SessionEnded.class),
    TASK_CREATED_V1(Topics.TASKS, "Tasks.Created", 1, TaskCreated.class),
    TASK_CREATED_V2(Topics.TASKS, "Tasks.Created", 2, com.uberpopug.ates.events.tasks.v2.TaskCreated.class),
    TASK_READY_FOR_ASSIGN_V1(Topics.TASKS, "Tasks.ReadyForAssign", 1, TaskReadyForAssign.class),
    TASK_ASSIGNED_V1(Topics.TASKS, "Tasks.Assigned", 1, TaskAssigned.class),
    TASK_COMPLETED_V1(Topics.TASKS, "Tasks.Completed", 1, TaskCompleted.class),
    TASK_AMOUNTS_CALCULATED_V1(Topics.PRICES, "Tasks.AmountsCalculated", 1, TaskAmountsCalculated.class),
    USER_BALANCE_CHARGED_V1(Topics.BALANCES, "Users.BalanceCharged", 1, UserBalanceCharged.class),
    USER_BALANCE_CHANGED_V1(Topics.BALANCES, "Users.BalanceChanged", 1, UserBalanceChanged.class),
    USER_DAILY_PAID_AMOUNT_V1(Topics.BALANCES, "Users.DailyPaidAmount", 1, UserDailyPaidAmount.class),
    MANAGERS_BALANCE_CHANGED_V1(Topics.MANAGERS, "Managers.BalanceChanged", 1, ManagersBalanceChanged.class),
    BUSINESS_DAY_CLOSED_V1(Topics.MANAGERS, "BusinessDays.Closed", 1, BusinessDayClosed.class),
    SECURITY_RECORDED_V1(Topics.SECURITY, "Security.Recorded", 1, SecurityRecorded.class);

    private static final List<EventType> ALL = List.of(values());
    private static final Map<Class<?>, EventType> BY_CLASS = ALL.stream()
            .collect(Collectors.toUnmodifiableMap(EventType::recordClass, Function.identity()));
    private static final Map<String, EventType> BY_TITLE = ALL.stream()
            .collect(Collectors.toUnmodifiableMap(EventType::title, Function.identity()));

    static {
        // Avro instantiates only trusted classes, because a schema from outside may name any class.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(),
                candidate -> candidate.getPackageName().startsWith("com.uberpopug.ates.events.")));
    }

    private final String topic;
    private final String type;
    private final int version;
    private final Class<? extends SpecificRecord> recordClass;
    private final String schemaText;
    private final String subject;

    EventType(String topic, String type, int version, Class<? extends SpecificRecord> recordClass) {
        this.topic = topic;
        this.type = type;
        this.version = version;
        this.recordClass = recordClass;
        this.schemaText = resource("/avro/%s/%s/v%d.avsc".formatted(topic, type, version));
        this.subject = topic + "-" + recordClass.getName();
    }

    /** Every version of every event; versions of one type are in ascending order. */
    public static List<EventType> all() {
        return ALL;
    }

    /**
     * The event type of a generated class.
     *
     * @throws IllegalArgumentException if the class is not an event
     */
    public static EventType of(Class<?> recordClass) {
        EventType found = BY_CLASS.get(recordClass);
        if (found == null) {
            throw new IllegalArgumentException(recordClass.getName() + " is not an event of the contract");
        }
        return found;
    }

    /** The event type for a {@code ce_type} and a version, counted from 1; empty if this build's contract lacks it. */
    public static Optional<EventType> of(String type, int version) {
        return Optional.ofNullable(BY_TITLE.get(type + "/v" + version));
    }

    /** The topic's name: {@code ates.tasks}. */
    public String topic() {
        return topic;
    }

    /** The type as in {@code ce_type}: {@code Tasks.Created}. */
    public String type() {
        return type;
    }

    /** The version, from 1. */
    public int version() {
        return version;
    }

    /** The generated class of its records. */
    public Class<? extends SpecificRecord> recordClass() {
        return recordClass;
    }

    /**
     * The schema exactly as in its file. The registry finds a schema by this text; the generated class's own schema
     * carries additions of the code generator.
     */
    public String schemaText() {
        return schemaText;
    }

    /** Type and version as in {@code ce_dataschema}: an absolute URI. */
    public String dataSchema() {
        return Envelope.dataSchema(type, version);
    }

    /** Type and version for people: {@code Tasks.Created/v1}. */
    public String title() {
        return type + "/v" + version;
    }

    /** The subject in the schema registry: topic and full record name (Confluent's TopicRecordNameStrategy). */
    public String subject() {
        return subject;
    }

    private static String resource(String path) {
        try (var stream = EventType.class.getResourceAsStream(path)) {
            if (stream == null) {
                throw new IllegalStateException("The schema " + path + " is missing from the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("Cannot read the schema " + path, unreadable);
        }
    }
}
