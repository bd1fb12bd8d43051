package com.uberpopug.ates.localstack;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.localstack.parts.Ports;
import java.net.URI;
import org.junit.jupiter.api.Test;

class TokenTests {

    @Test
    void token_without_an_auth_service_fails_with_its_address() {
        var nobody = URI.create("http://localhost:" + Ports.free());
        assertThatThrownBy(() -> new Token(nobody).of("anna", "beak-anna")).isInstanceOf(Token.RefusedException.class)
                .hasMessage("auth-service does not answer at " + nobody + ": is it up?");
    }
}
