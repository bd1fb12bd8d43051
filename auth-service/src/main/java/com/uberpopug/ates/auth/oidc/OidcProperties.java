package com.uberpopug.ates.auth.oidc;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The provider's configuration.
 *
 * @param demo whether this is the demo, where secrets are optional
 * @param issuer the address of the provider for browsers and services
 * @param keySecret the secret that encrypts the signing key ({@code ATES_KEY_SECRET})
 * @param webClients the services with a web UI, by name; access tokens are made for all of them
 * @param machineClients machines that may get a token for themselves, by name; one without a secret may not
 * @param commandLine whether people may sign in at a command line, by the public client {@code ates-cli}
 * @param keyRotation how long a key signs, 1 to 730 days ({@code ATES_KEY_ROTATION})
 */
@ConfigurationProperties("ates")
public record OidcProperties(boolean demo, URI issuer, @DefaultValue("") String keySecret,
        @DefaultValue Map<String, WebClient> webClients, @DefaultValue Map<String, MachineClient> machineClients,
        boolean commandLine, @DefaultValue("90d") Duration keyRotation) {

    private static final Duration LEAST_ROTATION = Duration.ofDays(1);
    private static final Duration MOST_ROTATION = Duration.ofDays(730);

    /**
     * A service with a web UI.
     *
     * @param address of its pages
     * @param secret its client secret; no other client has the same
     */
    public record WebClient(URI address, @DefaultValue("") String secret) {
    }

    /** @param scopes that it may ask for, such as {@code metrics} */
    public record MachineClient(@DefaultValue("") String secret, @DefaultValue Set<String> scopes) {
    }

    public OidcProperties {
        if (keyRotation.compareTo(LEAST_ROTATION) < 0 || keyRotation.compareTo(MOST_ROTATION) > 0) {
            throw new IllegalStateException(
                    "ATES_KEY_ROTATION is %s, but a key signs for 1 to 730 days, such as 90d".formatted(keyRotation));
        }
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
        return webClients.values().stream().map(WebClient::address).map(URI::toString).sorted().toList();
    }
}
