package com.uberpopug.ates.auth.oidc;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The provider's configuration.
 *
 * @param demo whether this is the demo, where secrets are optional
 * @param issuer the address of the provider for browsers and services
 * @param keySecret the secret that encrypts the signing key ({@code ATES_KEY_SECRET})
 * @param webClients the services with a web UI, by name; access tokens are made for all of them
 * @param machineClients the secrets of machines that may get a token for themselves, by name
 * @param commandLine whether people may sign in at a command line, by the public client {@code ates-cli}
 */
@ConfigurationProperties("ates")
public record OidcProperties(boolean demo, URI issuer, @DefaultValue("") String keySecret,
        @DefaultValue Map<String, WebClient> webClients, @DefaultValue Map<String, String> machineClients,
        boolean commandLine) {

    static final URI COMMAND_LINE = URI.create("http://127.0.0.1:8079");

    /**
     * A service with a web UI.
     *
     * @param address of its pages
     * @param secret its client secret; no other client has the same
     */
    public record WebClient(URI address, @DefaultValue("") String secret) {
    }

    public OidcProperties {
        keySecret = secret("ATES_KEY_SECRET", keySecret, demo);
        var clients = new TreeMap<>(webClients);
        clients.replaceAll((name, client) -> new WebClient(client.address(),
                secret("ates.web-clients." + name + ".secret", client.secret(), demo)));
        webClients = clients;
    }

    private static String secret(String name, String value, boolean demo) {
        if (value.isBlank() && !demo) {
            throw new IllegalStateException(name + " is not set; only the demo (ates.demo=true) runs without it");
        }
        return value.isBlank() ? "demo" : value;
    }

    /** The address of the redirect after sign-in. */
    public List<String> origins() {
        return Stream.concat(webClients.values().stream().map(WebClient::address),
                commandLine ? Stream.of(COMMAND_LINE) : Stream.empty()).map(URI::toString).sorted().toList();
    }
}
