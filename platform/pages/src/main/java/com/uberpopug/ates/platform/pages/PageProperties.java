package com.uberpopug.ates.platform.pages;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The configuration of pages.
 *
 * @param clientSecret the service's secret as a client of the auth service ({@code ATES_CLIENT_SECRET})
 * @param issuer       the address of the auth service
 * @param services     the addresses of all services' pages
 */
@ConfigurationProperties("ates")
public record PageProperties(String clientSecret, String issuer, Services services) {

    /** The addresses, without a slash at the end. */
    public record Services(URI tasks, URI accounting, URI analytics, URI auth) {
    }
}
