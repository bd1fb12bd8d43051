package com.uberpopug.ates.auth.oidc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.springframework.security.crypto.encrypt.BytesEncryptor;
import org.springframework.security.crypto.encrypt.Encryptors;
import org.springframework.security.jackson.SecurityJacksonModules;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the parts of an authorization that are read back as they were, encrypted and authenticated (AES-GCM) with
 * {@code ATES_KEY_SECRET}: the request with its state and nonce, the sign-in that it belongs to, and the tokens' claims.
 */
final class SealedJson extends JsonMapper {

    private static final String PURPOSE = "oauth2_authorization";

    private final transient BytesEncryptor cipher;

    SealedJson(OidcProperties properties) {
        super(JsonMapper.builder().addModules(SecurityJacksonModules.getModules(SealedJson.class.getClassLoader())));
        cipher = Encryptors.stronger(properties.keySecret(),
                HexFormat.of().formatHex(PURPOSE.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public String writeValueAsString(Object value) {
        return Base64.getEncoder()
                .encodeToString(cipher.encrypt(super.writeValueAsString(value).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public <T> T readValue(String sealed, JavaType type) {
        return super.readValue(new String(cipher.decrypt(Base64.getDecoder().decode(sealed)), StandardCharsets.UTF_8),
                type);
    }
}
