package com.uberpopug.ates.analytics;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.MutatedRecords;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Order;

/**
 * All that analytics reads. Whoever may write accounting's topics may say what was earned, so that only the earnings of
 * a day that no mutated record names stay the same.
 */
@Order(Integer.MAX_VALUE)
@ServiceTest(database = "analytics", properties = "ates.unknown-schema-patience=200ms")
class MutatedRecordsTests extends MutatedRecords {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 2);

    private long sequence;

    @Override
    protected Fact goodFact(String topic) {
        var id = Ids.next();
        return switch (topic) {
            case Topics.USERS -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new UserUpdated(id, "anna", "Anna", null, "en", "popug", true, Instant.EPOCH));
            case Topics.SESSIONS -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new SessionEnded(id.toString(), id, Instant.now()));
            case Topics.BALANCES -> new WorkerLog().fee(DAY, 1_500);
            case Topics.MANAGERS -> Fact.of(Ids.next(), DAY, ++sequence, Instant.now(),
                    new ManagersBalanceChanged(DAY, 1L, 700L, 1, Instant.EPOCH, Amounts.CURRENCY));
            default -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new TaskCreated(id, "UBERPOP-42", "Repaint the button", null, Ids.next(), Instant.now()));
        };
    }

    @Override
    protected Object money() {
        return db().sql("select earned_cents from earnings where business_date = ?").param(DAY).query(Long.class)
                .single();
    }

    @Override
    protected List<Class<? extends SpecificRecord>> handled() {
        return List.of(UserCreated.class, UserUpdated.class, SessionEnded.class, TaskCreated.class,
                TaskCompleted.class, UserBalanceCharged.class, UserBalanceChanged.class, UserDailyPaidAmount.class,
                ManagersBalanceChanged.class, BusinessDayClosed.class);
    }
}
