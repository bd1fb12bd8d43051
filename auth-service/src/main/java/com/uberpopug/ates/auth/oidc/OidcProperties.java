package com.uberpopug.ates.auth.oidc;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the provider is told from outside.
 *
 * @param demo           whether this is the demo, where the secrets may be left out
 * @param issuer         the address under which browsers and services reach the provider
 * @param keySecret      what the signing key is encrypted with ({@code ATES_KEY_SECRET})
 * @param webClients     the services with a web UI, by name. Access tokens are made for all of them
 * @param machineClients the machines that may get a token for themselves, by name: their secrets
 * @param commandLine    whether people may sign in at a command line, by the public client {@code ates-cli}
 */
@ConfigurationProperties("ates")
public record OidcProperties(boolean demo, URI issuer, @DefaultValue("") String keySecret,
        @DefaultValue Map<String, WebClient> webClients, @DefaultValue Map<String, String> machineClients,
        boolean commandLine) {

    static final URI COMMAND_LINE = URI.create("http://127.0.0.1:8079");

    /**
     * A service with a web UI.
     *
     * @param address where its pages are
     * @param secret  what it proves itself with; no other client has the same
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
            throw new IllegalStateException(name + " is not set; only the demo (ates.demo=true) does without");
        }
        return value.isBlank() ? "demo" : value;
    }

    /** Where the provider sends browsers back to. */
    public List<String> origins() {
        return Stream.concat(webClients.values().stream().map(WebClient::address),
                commandLine ? Stream.of(COMMAND_LINE) : Stream.empty()).map(URI::toString).sorted().toList();
    }
}
