package com.uberpopug.ates.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.ApiDocs;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@AnalyticsTest
class ApiDocsTests {

    @Autowired
    private MockMvcTester http;

    @Test
    void api_is_described_completely(@LocalServerPort int port) {
        assertThat(ApiDocs.gaps(port)).isEmpty();
    }

    @Test
    void condition_is_always_honoured(@LocalServerPort int port) {
        assertThat(ApiDocs.passOverConditions(port, Tokens.of(UUID.randomUUID(), Role.ADMIN))).isEmpty();
    }

    @Test
    void parameters_and_fields_have_their_wire_names() {
        assertThat(http.get().uri("/v3/api-docs")).bodyJson().satisfies(docs -> {
            docs.assertThat().extractingPath("$.paths['/api/earnings'].get.parameters[*].name")
                    .isEqualTo(List.of("from", "to"));
            docs.assertThat().extractingPath("$.paths['/api/most-expensive'].get.parameters[*].name")
                    .isEqualTo(List.of("period", "date"));
            docs.assertThat().extractingPath("$.components.schemas.MostExpensive.properties").asMap().containsOnlyKeys(
                    "task_id", "jira_id", "title", "amount_cents", "business_date", "completed_at", "assignee_id");
        });
    }
}
