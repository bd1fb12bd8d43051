package com.uberpopug.ates.tasks;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.MutatedRecords;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Order;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/** Users, ended sessions and prices; the prices of tasks stay as they were drawn. */
@Order(Integer.MAX_VALUE)
@ServiceTest(database = "tasks", properties = "ates.unknown-schema-patience=200ms")
@Import(Company.class)
class MutatedRecordsTests extends MutatedRecords {

    private static final long FEE = 1_500;
    private static final long AMOUNT = 3_000;

    @Autowired
    Company company;

    @Override
    protected Fact goodFact(String topic) {
        var id = Ids.next();
        return switch (topic) {
            case Topics.USERS -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new UserUpdated(id, "anna", "Anna", null, "en", "popug", true, Instant.EPOCH));
            case Topics.SESSIONS -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new SessionEnded(id.toString(), id, Instant.now()));
            default -> {
                var task = company.newTask();
                yield Fact.of(Ids.next(), task, 1, Instant.now(),
                        new TaskAmountsCalculated(task, FEE, AMOUNT, Instant.EPOCH, Amounts.CURRENCY));
            }
        };
    }

    @Override
    protected Object money() {
        return db().sql("select count(*) from tasks where fee_cents <> :fee or amount_cents <> :amount")
                .param("fee", FEE).param("amount", AMOUNT).query(Long.class).single();
    }

    @Override
    protected List<Class<? extends SpecificRecord>> handled() {
        return List.of(UserCreated.class, UserUpdated.class, SessionEnded.class, TaskAmountsCalculated.class);
    }
}
