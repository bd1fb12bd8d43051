package com.uberpopug.ates.platform.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves a request only at the addresses of the service: a name that somebody else chose, by their own name server or
 * in a forged {@code Host}, is refused with 400. Redirects and links are then built for the public address, whatever a
 * request or a proxy says, and at one of {@code https} every cookie is {@link SecureCookies secure}.
 *
 * <p>At a loopback address all names of it are served, at any port, and links follow the request. The probes of the
 * actuator and the metrics are served under any name: they are asked by number, and tell nothing but up or down without
 * a token, which a browser at another name does not have.
 */
final class PublicAddress implements Filter {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1",
            "[0:0:0:0:0:0:0:1]", "0:0:0:0:0:0:0:1");
    private static final List<String> ASKED_BY_NUMBER = List.of("/actuator/health", "/actuator/prometheus");

    private final @Nullable URI address;
    private final Set<String> names;
    private final EarlyRefusals refusals;

    /**
     * The rule of a service.
     *
     * @param address the public address; null for a service without one, which is served at loopback names
     * @param others  further names under which the service is called, such as those for other services
     */
    PublicAddress(@Nullable URI address, List<String> others, EarlyRefusals refusals) {
        if (address != null && address.getHost() == null) {
            throw new IllegalStateException(address + " is no address of a service: it has no host");
        }
        this.address = address == null || isLoopback(address) && !isSecure(address) ? null : address;
        this.refusals = refusals;
        names = new HashSet<>(address == null || isLoopback(address) ? LOOPBACK : Set.of());
        if (address != null) {
            names.add(name(address.getHost()));
        }
        others.stream().filter(other -> !other.isBlank()).forEach(other -> names.add(name(other.strip())));
    }

    private static boolean isLoopback(URI address) {
        return LOOPBACK.contains(name(address.getHost()));
    }

    private static boolean isSecure(URI address) {
        return "https".equalsIgnoreCase(address.getScheme());
    }

    private static String name(String host) {
        return host.toLowerCase(Locale.ROOT);
    }

    @Override
    public void doFilter(ServletRequest given, ServletResponse answer, FilterChain chain)
            throws IOException, ServletException {
        var request = (HttpServletRequest) given;
        var response = (HttpServletResponse) answer;
        var host = request.getServerName();
        if (request.getDispatcherType() == DispatcherType.REQUEST && !isProbe(request)
                && (host == null || !names.contains(name(host)))) {
            refusals.refuse(request, response, Problems.badRequest("Host", "is not a name of this service"));
            return;
        }
        var direct = new Direct(request);
        if (address == null) {
            chain.doFilter(direct, response);
        } else if (isSecure(address)) {
            chain.doFilter(new SecureCookies.Request(new Addressed(direct, address)),
                    new SecureCookies.Response(response, address));
        } else {
            chain.doFilter(new Addressed(direct, address), response);
        }
    }

    private static boolean isProbe(HttpServletRequest request) {
        var path = request.getServletPath();
        return ASKED_BY_NUMBER.stream().anyMatch(each -> path.equals(each) || path.startsWith(each + "/"));
    }

    /**
     * A request without the headers of proxies: where they are trusted, the container has used them, and libraries that
     * look for them, such as springdoc, trust anybody's.
     */
    private static final class Direct extends HttpServletRequestWrapper {

        Direct(HttpServletRequest request) {
            super(request);
        }

        private static boolean isOfProxy(String header) {
            var name = name(header);
            return name.equals("forwarded") || name.startsWith("x-forwarded-");
        }

        @Override
        public @Nullable String getHeader(String name) {
            return isOfProxy(name) ? null : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return isOfProxy(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            return Collections.enumeration(
                    Collections.list(super.getHeaderNames()).stream().filter(name -> !isOfProxy(name)).toList());
        }
    }

    /** A request to the public address, as its sender made it before any proxy. */
    private static final class Addressed extends HttpServletRequestWrapper {

        private final URI address;

        Addressed(HttpServletRequest request, URI address) {
            super(request);
            this.address = address;
        }

        @Override
        public String getScheme() {
            return address.getScheme().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean isSecure() {
            return PublicAddress.isSecure(address);
        }

        @Override
        public String getServerName() {
            return address.getHost();
        }

        @Override
        public int getServerPort() {
            return address.getPort() >= 0 ? address.getPort() : isSecure() ? 443 : 80;
        }

        @Override
        public StringBuffer getRequestURL() {
            return new StringBuffer(origin(address)).append(getRequestURI());
        }
    }

    static String origin(URI address) {
        return address.getScheme().toLowerCase(Locale.ROOT) + "://" + address.getRawAuthority();
    }
}
