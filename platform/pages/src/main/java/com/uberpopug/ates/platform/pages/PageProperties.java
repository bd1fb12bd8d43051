package com.uberpopug.ates.platform.pages;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The configuration of pages.
 *
 * @param clientSecret the service's secret as a client of the auth service ({@code ATES_CLIENT_SECRET})
 * @param issuer       the auth service's address for browsers, and the issuer of its tokens
 * @param authAddress  the auth service's address for other services
 * @param services     the addresses of all services' pages
 */
@ConfigurationProperties("ates")
public record PageProperties(String clientSecret, String issuer, String authAddress, Services services) {

    /** The addresses, without a slash at the end. */
    public record Services(URI tasks, URI accounting, URI analytics, URI auth) {
    }
}
