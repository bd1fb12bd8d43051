package com.uberpopug.ates.auth;

import com.webauthn4j.converter.AttestationObjectConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.data.attestation.AttestationObject;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.authenticator.EC2COSEKey;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.extension.authenticator.RegistrationExtensionAuthenticatorOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An authenticator with one passkey, and the browser in front of it; a test may make it lie. */
final class SoftPasskey {

    static final String ORIGIN = "http://localhost:9000";

    private static final int PRESENT = 1;
    private static final int VERIFIED = 1 << 2;
    private static final int HAS_CREDENTIAL = 1 << 6;
    private static final JsonMapper JSON = new JsonMapper();

    private final KeyPair keys = keyPair();
    byte[] id = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    String origin = ORIGIN;
    int user = PRESENT | VERIFIED;
    int count;
    private String handle = "";

    /** Answers the options of a registration. */
    String create(String options) {
        var asked = JSON.readTree(options);
        handle = asked.path("user").path("id").asString();
        var data = new AuthenticatorData<RegistrationExtensionAuthenticatorOutput>(
                sha256(asked.path("rp").path("id").asString().getBytes(StandardCharsets.UTF_8)),
                (byte) (user | HAS_CREDENTIAL), count, new AttestedCredentialData(AAGUID.ZERO, id,
                        EC2COSEKey.create((ECPublicKey) keys.getPublic(), COSEAlgorithmIdentifier.ES256)));
        var attestation = new AttestationObjectConverter(new ObjectConverter())
                .convertToBytes(new AttestationObject(data, new NoneAttestationStatement()));
        return answer(Map.of("clientDataJSON", text(client("webauthn.create", asked)), "attestationObject",
                text(attestation)));
    }

    /** Answers the options of a sign-in. */
    String get(JsonNode asked) {
        var data = ByteBuffer.allocate(37)
                .put(sha256(asked.path("rpId").asString().getBytes(StandardCharsets.UTF_8))).put((byte) user)
                .putInt(count).array();
        var client = client("webauthn.get", asked);
        return answer(Map.of("clientDataJSON", text(client), "authenticatorData", text(data), "signature",
                text(signed(data, sha256(client))), "userHandle", handle));
    }

    String idText() {
        return text(id);
    }

    private String answer(Map<String, String> response) {
        return JSON.writeValueAsString(Map.of("id", idText(), "rawId", idText(), "type", "public-key", "response",
                response, "clientExtensionResults", Map.of()));
    }

    private byte[] client(String type, JsonNode asked) {
        return JSON.writeValueAsBytes(Map.of("type", type, "challenge", asked.path("challenge").asString(), "origin",
                origin, "crossOrigin", false));
    }

    private byte[] signed(byte[]... parts) {
        try {
            var signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            for (var part : parts) {
                signature.update(part);
            }
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
