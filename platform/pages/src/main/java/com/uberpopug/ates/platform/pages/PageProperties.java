package com.uberpopug.ates.platform.pages;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What pages are told from outside.
 *
 * @param clientSecret what the service proves itself with when somebody signs in ({@code ATES_CLIENT_SECRET})
 * @param issuer       the address of the auth service
 * @param services     where the pages of each service are
 */
@ConfigurationProperties("ates")
public record PageProperties(String clientSecret, String issuer, Services services) {

    /** The addresses, without a slash at the end. */
    public record Services(URI tasks, URI accounting, URI analytics, URI auth) {
    }
}
