package com.uberpopug.ates.platform.pages;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The configuration of pages.
 *
 * @param clientSecret the service's secret as a client of the auth service ({@code ATES_CLIENT_SECRET}); it also signs
 *     forms and seals cookies, so that only the demo starts without one
 * @param issuer       the auth service's address for browsers, and the issuer of its tokens
 * @param authAddress  the auth service's address for other services
 * @param services     the addresses of all services' pages
 * @param demo         whether this is the demo, where the secret is optional
 */
@ConfigurationProperties("ates")
public record PageProperties(@DefaultValue("") String clientSecret, String issuer, String authAddress,
        Services services, boolean demo) {

    /** Everybody knows it; the auth service accepts it in the demo only. */
    private static final String DEMO_SECRET = "demo";

    /** @throws IllegalStateException without a secret, outside the demo */
    public PageProperties {
        if (clientSecret.isBlank()) {
            if (!demo) {
                throw new IllegalStateException(
                        "ATES_CLIENT_SECRET is not set; only the demo (ates.demo=true) runs without it");
            }
            clientSecret = DEMO_SECRET;
        }
    }

    /** The addresses, without a slash at the end. */
    public record Services(URI tasks, URI accounting, URI analytics, URI auth) {
    }
}
