package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.ApiDocs;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@AuthServiceTest
class ApiDocsTests {

    @Test
    void api_is_described_completely(@LocalServerPort int port) {
        assertThat(ApiDocs.gaps(port)).isEmpty();
    }

    @Test
    void condition_is_always_honoured(@LocalServerPort int port) {
        assertThat(ApiDocs.passOverConditions(port, new Api(port, "admin").token())).isEmpty();
    }
}
