package com.uberpopug.ates.auth;

import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.MutatedRecords;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Order;

/** The security log of all services; no record of it changes a user. */
@Order(Integer.MAX_VALUE)
@ServiceTest(database = "auth", properties = {"ates.demo=true", "ates.issuer=http://localhost:9000",
        "ates.unknown-schema-patience=200ms"})
class MutatedRecordsTests extends MutatedRecords {

    @Override
    protected Fact goodFact(String topic) {
        var id = Ids.next();
        return Fact.of(Ids.next(), id, 1, Instant.now(), new SecurityRecorded(id, "tasks-service", "SIGN_IN", "DONE",
                Ids.next(), null, null, null, null, "127.0.0.1", null, null, 1, Instant.now()));
    }

    /** This service has none: its users stand for it. */
    @Override
    protected Object money() {
        return db().sql("select string_agg(id || role || active || sequence, ',' order by id) from users")
                .query(String.class).single();
    }

    @Override
    protected List<Class<? extends SpecificRecord>> handled() {
        return List.of(SecurityRecorded.class);
    }
}
