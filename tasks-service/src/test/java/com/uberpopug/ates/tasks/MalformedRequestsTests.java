package com.uberpopug.ates.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.MalformedRequests;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/** Between malformed requests, tasks are created and read. */
@ServiceTest(database = "tasks", properties = "db-scheduler.polling-interval=1h")
@Import({Company.class, Api.class})
class MalformedRequestsTests extends MalformedRequests {

    private final Caller popug = new Caller(UUID.randomUUID(), Role.POPUG);

    @Autowired
    Api api;

    @Override
    protected void sendGoodRequest() {
        var title = "Repaint the button " + UUID.randomUUID();
        var created = api.post(popug, "/api/tasks", "{\"title\": \"%s\"}".formatted(title));
        assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
        assertThat(api.get(popug, created.location()).text("title")).isEqualTo(title);
    }
}
