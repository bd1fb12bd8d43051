package com.uberpopug.ates.auth.oidc;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the provider is told from outside.
 *
 * @param demo           whether this is the demo, where the two secrets may be left out
 * @param issuer         the address under which browsers and services reach the provider
 * @param keySecret      what the signing key is encrypted with ({@code ATES_KEY_SECRET})
 * @param clientSecret   what the web clients prove themselves with ({@code ATES_CLIENT_SECRET})
 * @param webClients     the services with a web UI, by name: their addresses. Access tokens are made for all of them
 * @param machineClients the machines that may get a token for themselves, by name: their secrets
 */
@ConfigurationProperties("ates")
public record OidcProperties(boolean demo, URI issuer, @DefaultValue("") String keySecret,
        @DefaultValue("") String clientSecret, @DefaultValue Map<String, URI> webClients,
        @DefaultValue Map<String, String> machineClients) {

    static final URI COMMAND_LINE = URI.create("http://127.0.0.1:8079");

    public OidcProperties {
        keySecret = secret("ATES_KEY_SECRET", keySecret, demo);
        clientSecret = secret("ATES_CLIENT_SECRET", clientSecret, demo);
    }

    private static String secret(String name, String value, boolean demo) {
        if (value.isBlank() && !demo) {
            throw new IllegalStateException(name + " is not set; only the demo (ates.demo=true) does without");
        }
        return value.isBlank() ? "demo" : value;
    }

    /** Where the provider sends browsers back to. */
    public List<String> origins() {
        return Stream.concat(webClients.values().stream(), Stream.of(COMMAND_LINE)).map(URI::toString).sorted()
                .toList();
    }
}
