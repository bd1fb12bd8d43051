package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.CorrectedKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserRestated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each line of hex is an example event without its five header bytes; a change of the encoding shows up in review. */
class GoldenBytesTests {

    private static final UUID TASK = UUID.fromString("019b0a5e-7c11-7000-8000-00000000000a");
    private static final UUID TRANSFER = UUID.fromString("019b0a5e-7c11-7000-8000-00000000000b");
    private static final UUID OTHER = UUID.fromString("019b0a5e-7c11-7000-8000-00000000000c");
    private static final UUID ANNA = UUID.fromString("00000000-0000-7000-8000-000000000004");
    private static final Instant AT = Instant.parse("2026-11-22T23:59:59.999999Z");
    private static final LocalDate DATE = LocalDate.parse("2026-11-22");

    @ParameterizedTest
    @EnumSource
    void event_and_its_golden_bytes_convert_into_each_other(EventType event) throws Exception {
        var golden = Files.readAllLines(Path.of("src/test/resources/golden/%s-v%d.hex".formatted(event.type(),
                event.version())));

        assertThat(examples(event).stream().map(GoldenBytesTests::encode)).containsExactlyElementsOf(golden);
        assertThat(golden.stream().map(hex -> decode(hex, event))).containsExactlyElementsOf(examples(event));
    }

    private static List<SpecificRecord> examples(EventType event) {
        return switch (event) {
            case USER_CREATED_V1 ->
                List.of(new UserCreated(ANNA, "anna", "Анна 🦜", "anna@uberpopug.example", "ru", "popug", true, AT),
                        new UserCreated(ANNA, "anna", "Anna", null, "en", "admin", false, AT));
            case USER_UPDATED_V1 ->
                List.of(new UserUpdated(ANNA, "anna", "Анна 🦜", "anna@uberpopug.example", "ru", "popug", true, AT),
                        new UserUpdated(ANNA, "anna", "Anna", null, "en", "accountant", false, AT));
            case USER_RESTATED_V1 ->
                List.of(new UserRestated(ANNA, "anna", "Анна 🦜", "anna@uberpopug.example", "ru", "popug", true, AT),
                        new UserRestated(ANNA, "anna", "Anna", null, "en", "accountant", false, AT));
            case SESSION_ENDED_V1 -> List.of(new SessionEnded("c2Vzc2lvbg", ANNA, AT));
            case TASK_CREATED_V1 ->
                List.of(new TaskCreated(TASK, "[UBERPOP-42] - Repaint the button", "Red — not blue", ANNA, AT),
                        new TaskCreated(TASK, "Repaint", null, ANNA, AT));
            case TASK_CREATED_V2 -> List.of(
                    new com.uberpopug.ates.events.tasks.v2.TaskCreated(TASK, "UBERPOP-42", "Repaint the button",
                            "Red — not blue", ANNA, AT),
                    new com.uberpopug.ates.events.tasks.v2.TaskCreated(TASK, null, "Repaint", null, ANNA, AT));
            case TASK_READY_FOR_ASSIGN_V1 ->
                List.of(new TaskReadyForAssign(TASK, 1_000L, 4_000L, AT, Amounts.CURRENCY));
            case TASK_ASSIGNED_V1 -> List.of(new TaskAssigned(TASK, ANNA, 1, 1_500L, AT, OTHER, Amounts.CURRENCY),
                    new TaskAssigned(TASK, ANNA, 100, 1_500L, AT, null, Amounts.CURRENCY));
            case TASK_COMPLETED_V1 -> List.of(new TaskCompleted(TASK, ANNA, 2, 3_100L, AT, Amounts.CURRENCY));
            case TASK_AMOUNTS_CALCULATED_V1 ->
                List.of(new TaskAmountsCalculated(TASK, 2_000L, 2_000L, AT, Amounts.CURRENCY));
            case USER_BALANCE_CHARGED_V1 ->
                List.of(new UserBalanceCharged(ANNA, TRANSFER, TASK, 3, 1_500L, -1_500L, -1_500L, DATE, AT,
                        Amounts.CURRENCY));
            case USER_BALANCE_CHANGED_V1 -> List.of(
                    new UserBalanceChanged(ANNA, TRANSFER, BalanceChangeKind.CORRECTION, TASK, OTHER,
                            CorrectedKind.REWARD, -3_100L, -100L,
                            DATE, AT, Amounts.CURRENCY),
                    new UserBalanceChanged(ANNA, TRANSFER, BalanceChangeKind.REWARD, null, null, null, 3_100L, 1_600L,
                            DATE,
                            AT, Amounts.CURRENCY));
            case USER_DAILY_PAID_AMOUNT_V1 ->
                List.of(new UserDailyPaidAmount(ANNA, TRANSFER, 1_200L, -1_200L, 0L, DATE, 1_500L, 3_100L, -400L, AT,
                        Amounts.CURRENCY));
            case MANAGERS_BALANCE_CHANGED_V1 ->
                List.of(new ManagersBalanceChanged(DATE, -1_600L, 98_400L, 500, AT, Amounts.CURRENCY));
            case BUSINESS_DAY_CLOSED_V1 -> List.of(new BusinessDayClosed(DATE, Long.MIN_VALUE, 5, Long.MAX_VALUE, AT,
                    AT.plusSeconds(1), Amounts.CURRENCY));
            case SECURITY_RECORDED_V1 -> List.of(
                    new SecurityRecorded(TRANSFER, "auth-service", "ROLE_CHANGED", "DONE", OTHER, null, ANNA,
                            "popug → admin", null, "2001:db8::1", "Mozilla/5.0", "4bf92f3577b34da6a3ce929d0e0e4736", 1,
                            AT),
                    new SecurityRecorded(TRANSFER, "auth-service", "SIGN_IN", "FAILED", null, "robot", null, null,
                            "9f86d081", null, null, null, 10_000, AT));
        };
    }

    private static String encode(SpecificRecord record) {
        try {
            var bytes = new ByteArrayOutputStream();
            new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record,
                    EncoderFactory.get().directBinaryEncoder(bytes, null));
            return HexFormat.of().formatHex(bytes.toByteArray());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Reads as a consumer does: from the registered schema text into the generated class. */
    private static SpecificRecord decode(String hex, EventType event) {
        try {
            var decoder = DecoderFactory.get().binaryDecoder(HexFormat.of().parseHex(hex), null);
            var record = new SpecificDatumReader<SpecificRecord>(new Schema.Parser().parse(event.schemaText()),
                    SpecificData.get().getSchema(event.recordClass())).read(null, decoder);
            assertThat(decoder.isEnd()).isTrue();
            return record;
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
