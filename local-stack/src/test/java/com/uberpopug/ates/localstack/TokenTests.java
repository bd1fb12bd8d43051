package com.uberpopug.ates.localstack;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.localstack.parts.Ports;
import java.net.URI;
import org.junit.jupiter.api.Test;

class TokenTests {

    @Test
    void without_an_auth_service_there_is_no_token_but_an_address_to_look_at() {
        var nobody = URI.create("http://localhost:" + Ports.free());
        assertThatThrownBy(() -> new Token(nobody).of("anna", "beak-anna")).isInstanceOf(Token.RefusedException.class)
                .hasMessage("auth-service does not answer at " + nobody + ": is it up?");
    }
}
