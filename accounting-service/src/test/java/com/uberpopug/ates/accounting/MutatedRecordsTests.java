package com.uberpopug.ates.accounting;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
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

/** Users, ended sessions and tasks; no record posts a cent that was not drawn here. */
@Order(Integer.MAX_VALUE)
@ServiceTest(database = "accounting", properties = {"ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d", "ates.unknown-schema-patience=200ms"})
class MutatedRecordsTests extends MutatedRecords {

    @Override
    protected Fact goodFact(String topic) {
        var id = Ids.next();
        return switch (topic) {
            case Topics.USERS -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new UserUpdated(id, "anna", "Anna", null, "en", "popug", true, Instant.EPOCH));
            case Topics.SESSIONS -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new SessionEnded(id.toString(), id, Instant.now()));
            default -> Fact.of(Ids.next(), id, 1, Instant.now(),
                    new TaskCreated(id, "UBERPOP-42", "Repaint the button", null, Ids.next(), Instant.now()));
        };
    }

    @Override
    protected Object money() {
        return db().sql("select count(*), coalesce(sum(cents), 0) from transfers").query().singleRow().toString();
    }

    @Override
    protected List<Class<? extends SpecificRecord>> handled() {
        return List.of(UserCreated.class, UserUpdated.class, SessionEnded.class, TaskCreated.class, TaskAssigned.class,
                TaskCompleted.class);
    }
}
