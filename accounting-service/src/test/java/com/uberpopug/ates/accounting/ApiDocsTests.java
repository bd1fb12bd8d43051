package com.uberpopug.ates.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.ApiDocs;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@AccountingTest
class ApiDocsTests {

    @Test
    void api_is_described_completely(@LocalServerPort int port) {
        assertThat(ApiDocs.gaps(port)).isEmpty();
    }

    @Test
    void conditions_are_never_ignored(@LocalServerPort int port) {
        assertThat(ApiDocs.passOverConditions(port, Tokens.of(UUID.randomUUID(), Role.ADMIN))).isEmpty();
    }
}
