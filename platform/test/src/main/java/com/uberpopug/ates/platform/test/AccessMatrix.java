package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.uberpopug.ates.platform.events.inbox.Received.RecordPosition;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserCopy;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.http.server.PathContainer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.session.SessionRepository;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Every endpoint of a running service, called by everybody: with each kind of token and session, valid and not. A table
 * says who may call an endpoint; the answers to everybody else follow from it.
 *
 * <p>The endpoints are those of the running application: handlers, actuator, files, and the filters of Spring Security.
 * Reading succeeds for those who may. A body is empty, so that writing gets past access and changes little: it is
 * done, or refused for what is missing in it ({@link #WRITTEN}).
 */
public abstract class AccessMatrix {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private static final Pattern MATCHED = Pattern.compile("PathPattern \\[(?:([A-Z]+) )?(/[^]]*)]");
    private static final String DETAILS = "\"details\"";
    private static final Pattern VERSION = Pattern.compile("/[0-9]+(\\.[0-9]+)+/");
    private static final Set<Integer> REFUSED = Set.of(401, 403, 404);
    /** Done, or a field of the empty body is missing, or the thing's state does not allow it. */
    private static final Set<Integer> WRITTEN = Set.of(200, 201, 202, 204, 302, 303, 400, 409, 422);
    private static final int LEAST_CALLERS = 17;
    private static final String METRICS_READER = "a machine that reads metrics";
    private static final RecordPosition POSITION = new RecordPosition(0, 0, 0);

    /** The endpoints of the platform, in every service. */
    private static final String COMMON = """
            GET    /live                               users
            GET    /pipeline                           admin
            GET    /pipeline/{id}                      admin
            GET    /pipeline/{id}/replay               admin
            POST   /pipeline/{id}/replay               admin
            GET    /pipeline/{id}/discard              admin
            POST   /pipeline/{id}/discard              admin
            GET    /api/dead-letters                   admin
            GET    /api/dead-letters/{id}              admin
            POST   /api/dead-letters/{id}/replay       admin
            POST   /api/dead-letters/{id}/discard      admin
            GET    /actuator                           anyone
            GET    /actuator/health                    health
            GET    /actuator/health/**                 health
            GET    /actuator/info                      anyone
            GET    /actuator/prometheus                admin, metrics
            GET    /v3/api-docs                        anyone
            GET    /v3/api-docs.yaml                   anyone
            GET    /v3/api-docs/swagger-config         anyone
            GET    /swagger-ui.html                    anyone
            GET    /swagger-ui/**                      file
            GET    /swagger-ui/*index.html             file
            GET    /swagger-ui/*swagger-initializer.js file
            GET    /webjars/*swagger-ui/**             file
            GET    /webjars/*swagger-ui/*index.html    file
            GET    /webjars/*swagger-ui/*swagger-initializer.js           file
            GET    /webjars/*swagger-ui/{version}/*index.html             file
            GET    /webjars/*swagger-ui/{version}/*swagger-initializer.js file
            GET    /webjars/**                         anyone
            GET    /shell/**                           anyone
            GET    /sign-in-failed                     error
            GET    /error                              error
            POST   /error                              error
            GET    /logout                             nobody
            PUT    /logout                             nobody
            DELETE /logout                             nobody
            POST   /logout                             session
            GET    /.well-known/security.txt           anyone
            GET    /.well-known/oauth-protected-resource/** nobody
            """;

    private static final Map<String, String> COMMON_PATHS = Map.ofEntries(
            Map.entry("/actuator/health/**", "/actuator/health/pipeline"),
            Map.entry("/swagger-ui/**", "/swagger-ui/swagger-ui.css"),
            Map.entry("/swagger-ui/*index.html", "/swagger-ui/index.html"),
            Map.entry("/swagger-ui/*swagger-initializer.js", "/swagger-ui/swagger-initializer.js"),
            Map.entry("/webjars/*swagger-ui/**", "/webjars/swagger-ui/index.css"),
            Map.entry("/webjars/*swagger-ui/*index.html", "/webjars/swagger-ui/index.html"),
            Map.entry("/webjars/*swagger-ui/*swagger-initializer.js", "/webjars/swagger-ui/swagger-initializer.js"),
            Map.entry("/webjars/*swagger-ui/{version}/*index.html", "/webjars/swagger-ui/1/index.html"),
            Map.entry("/webjars/*swagger-ui/{version}/*swagger-initializer.js",
                    "/webjars/swagger-ui/1/swagger-initializer.js"),
            Map.entry("/webjars/**", "/webjars/htmx.org/dist/htmx.min.js"),
            Map.entry("/shell/**", "/shell/live.js"),
            Map.entry("/.well-known/oauth-protected-resource/**", "/.well-known/oauth-protected-resource/api"));

    @Autowired
    ApplicationContext service;
    @Autowired
    SessionRepository<?> sessions;
    @LocalServerPort
    int port;

    private final AtomicLong deadLetters = new AtomicLong();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * The expectations, one a line: method, path, and who may.
     *
     * <ul>
     * <li>{@code anyone}: signed in or not
     * <li>{@code users}, or roles such as {@code manager, admin}: of the API with a token, of pages with a session
     * <li>{@code own}: as {@code users}, and another popug's thing is refused or does not exist
     * <li>{@code mine}: as {@code users}, and a caller without one gets 404
     * <li>{@code none}: as {@code users}, of a thing that none of these callers has
     * <li>{@code metrics}, beside a role: machines with this scope, too
     * <li>{@code health}: anyone, with details for admins only
     * <li>{@code file}: as {@code anyone}, there or not
     * <li>{@code error}: the page of an error, which has a status of its own
     * <li>{@code session}: callers with a session, with or without a role
     * <li>{@code client}: programs with a client's credentials; none of these callers
     * <li>{@code protocol}: a step of signing in or out, which leads on or fails, and shows nothing
     * <li>{@code hidden}, beside another: the filter that serves it does not show its path
     * <li>{@code nobody}: none of these callers
     * </ul>
     */
    protected abstract String table();

    /**
     * The path of a thing that exists, called anew for each request.
     *
     * @param owner the popug whose thing it is
     */
    protected abstract String path(String method, String pattern, UUID owner);

    /** Creates a user with a role of today, who may have lost the account. */
    protected UUID user(Role role, Account account) {
        var id = UUID.randomUUID();
        service.getBean(UserCopy.class).update(List.of(account == Account.ERASED
                ? UserCopy.State.erased(id, POSITION)
                : new UserCopy.State(id, "popug-" + id, "Popug", null, "en", role.wire(), account == Account.ACTIVE,
                        1, POSITION, false)));
        return id;
    }

    /** The key by which the service verifies tokens. */
    protected RSAKey key() {
        return Tokens.key();
    }

    /** The issuer that the service trusts. */
    protected String issuer() {
        return Tokens.issuer();
    }

    /** What has become of a user. */
    protected enum Account {
        ACTIVE, DEACTIVATED, ERASED
    }

    private enum Credentials {
        NOTHING, VALID_TOKEN, WRONG_TOKEN, SESSION
    }

    /** @param role of today; null for somebody who may do nothing */
    private record Caller(String name, Credentials credentials, @Nullable Role role, List<String> headers, String query,
            @Nullable UUID id) {

        Caller(String name, Credentials credentials, @Nullable Role role, String header, String value, UUID id) {
            this(name, credentials, role, List.of(header, value), "", id);
        }

        boolean hasToken() {
            return credentials == Credentials.VALID_TOKEN || credentials == Credentials.WRONG_TOKEN;
        }
    }

    private record Row(String method, String pattern, Set<String> who) {

        boolean isApi() {
            return pattern.startsWith("/api/") || pattern.equals("/actuator/prometheus")
                    || pattern.equals("/actuator/health/**");
        }

        boolean isPage() {
            return !isApi() && Stream.of("/actuator", "/v3/api-docs", "/swagger-ui", "/error", "/oauth2/", "/userinfo",
                    "/connect/", "/.well-known/").noneMatch(pattern::startsWith);
        }

        boolean isRead() {
            return method.equals("GET");
        }

        boolean isFor(String word) {
            return who.contains(word);
        }

        Set<Role> roles() {
            return isFor("users") || isFor("own") || isFor("mine") || isFor("none")
                    ? EnumSet.allOf(Role.class)
                    : Arrays.stream(Role.values()).filter(role -> who.contains(role.wire()))
                            .collect(Collectors.toSet());
        }

        String endpoint() {
            return method + " " + pattern;
        }
    }

    private record Answer(int statusCode, HttpHeaders headers, String body) {
    }

    @Test
    void every_endpoint_is_in_the_table_and_answers_every_caller_as_it_says() throws Exception {
        var rows = rows(COMMON + table());
        var endpoints = endpoints();
        var wrong = new ArrayList<String>();
        endpoints.stream().filter(endpoint -> !rows.containsKey(endpoint))
                .forEach(endpoint -> wrong.add(endpoint + " has no row in the table"));
        rows.values().stream().filter(row -> row.isFor("hidden")).map(Row::endpoint).forEach(endpoints::add);
        rows(table()).keySet().stream().filter(endpoint -> !endpoints.contains(endpoint))
                .forEach(endpoint -> wrong.add(endpoint + " is in the table only"));
        var owner = user(Role.POPUG, Account.ACTIVE);
        var callers = callers(owner);
        assertThat(callers).hasSizeGreaterThanOrEqualTo(LEAST_CALLERS);
        var forms = forms(callers);
        int count = 0;
        // Whoever signs out loses the session.
        for (var row : rows.values().stream().filter(row -> endpoints.contains(row.endpoint()))
                .sorted((one, other) -> Boolean.compare(one.pattern().contains("logout"),
                        other.pattern().contains("logout")))
                .toList()) {
            for (var caller : callers) {
                var answer = send(row, pathOf(row, owner), caller,
                        forms.getOrDefault(caller.name(), ""));
                count++;
                var expected = expected(row, caller, answer, owner);
                if (caller.credentials() != Credentials.WRONG_TOKEN && row.isRead() && !row.isFor("protocol")
                        && !row.pattern().equals("/live")) {
                    int head = send(new Row("HEAD", row.pattern(), row.who()), pathOf(row, owner), caller, "")
                            .statusCode();
                    count++;
                    // Nobody navigates by HEAD, so that it leads nowhere.
                    if (head != answer.statusCode() && !(head == 401 && leadsToSignIn(row, answer))) {
                        wrong.add("HEAD %s by %s: %d, but GET %d".formatted(row.pattern(), caller.name(), head,
                                answer.statusCode()));
                    }
                }
                if (expected != null) {
                    wrong.add("%s by %s: %d %s, but expected %s".formatted(row.endpoint(), caller.name(),
                            answer.statusCode(), headers(answer), expected));
                }
            }
        }
        System.out.printf("%s: %d endpoints, %d callers, %d requests, %d wrong answers%n", getClass().getSimpleName(),
                endpoints.size(), callers.size(), count, wrong.size());
        assertThat(wrong).isEmpty();
    }

    /** What the table says otherwise, or null. */
    private @Nullable String expected(Row row, Caller caller, Answer answer, UUID owner) {
        int status = answer.statusCode();
        if (status >= 500 && !row.isFor("health") && !row.isFor("error")) {
            return "no server error";
        }
        if (row.isApi()) {
            return expectedOfApi(row, caller, answer, owner);
        }
        if (row.isFor("error")) {
            return status < 400 ? "an error" : null;
        }
        if (row.isFor("file")) {
            return status == 200 || status == 302 || status == 404 ? null : "a file, or none";
        }
        if (row.isFor("anyone") || row.isFor("health")) {
            return REFUSED.contains(status) || leadsToSignIn(row, answer)
                    ? "an answer"
                    : row.isFor("health") && answer.body().contains(DETAILS) ? "no details" : null;
        }
        if (row.isFor("session") && caller.credentials() == Credentials.SESSION) {
            return status / 100 == 3 ? null : "a redirect";
        }
        if (row.isFor("protocol")) {
            return status < 300 ? "a redirect or a refusal" : null;
        }
        if (row.isFor("client")) {
            return status != 401 || !header(answer, "WWW-Authenticate").startsWith("B") ? "401 with a challenge" : null;
        }
        if (row.isFor("nobody")) {
            return status < 300 ? "a refusal" : null;
        }
        if (caller.credentials() != Credentials.SESSION && row.pattern().equals("/live")) {
            return status == 401 ? null : "401, because a stream leads nowhere";
        }
        if (caller.credentials() != Credentials.SESSION) {
            return leadsToSignIn(row, answer) ? null : "the way to sign-in";
        }
        return expectedOfUser(row, caller, answer, owner);
    }

    private @Nullable String expectedOfApi(Row row, Caller caller, Answer answer, UUID owner) {
        int status = answer.statusCode();
        var challenge = header(answer, "WWW-Authenticate");
        if (caller.credentials() == Credentials.WRONG_TOKEN) {
            return status != 401 || !challenge.contains("error=\"invalid_token\"") || !isProblem(answer)
                    ? "401 for an invalid token"
                    : null;
        }
        if (row.isFor("health")) {
            boolean isAdmin = caller.credentials() == Credentials.VALID_TOKEN && caller.role() == Role.ADMIN;
            return REFUSED.contains(status) || isAdmin != answer.body().contains(DETAILS)
                    ? "details for admins only"
                    : null;
        }
        if (caller.credentials() != Credentials.VALID_TOKEN) {
            return status != 401 || !challenge.equals("Bearer") || !isProblem(answer) ? "401 without a token" : null;
        }
        return expectedOfUser(row, caller, answer, owner);
    }

    private static @Nullable String expectedOfUser(Row row, Caller caller, Answer answer, UUID owner) {
        int status = answer.statusCode();
        if (row.isFor("metrics") && caller.name().equals(METRICS_READER)) {
            return status == 200 ? null : "the metrics";
        }
        if (caller.role() == null || !row.roles().contains(caller.role())) {
            return status != 403 || row.isApi() && !isProblem(answer) ? "403" : null;
        }
        if (row.isFor("own") && caller.role() == Role.POPUG && !owner.equals(caller.id())) {
            // A form says so on the page that it leads to.
            return status == 403 || status == 404 || status == 409 || !row.isApi() && !row.isRead() && status / 100 == 3
                    ? null
                    : "that it is another's";
        }
        if (row.isFor("none")) {
            return status == 401 || status == 403 ? "that there is none" : null;
        }
        if ((row.isFor("own") || row.isFor("mine")) && !owner.equals(caller.id())) {
            return status == 401 ? "an answer" : null;
        }
        return (row.isRead() ? status < 400 : WRITTEN.contains(status)) && !leadsToSignIn(row, answer)
                ? null
                : "an answer";
    }

    private static boolean isProblem(Answer answer) {
        return header(answer, "Content-Type").startsWith("application/problem+json");
    }

    private static boolean leadsToSignIn(Row row, Answer answer) {
        var to = header(answer, "Location");
        return !row.pattern().startsWith("/login") && !row.pattern().equals("/sign-out")
                && answer.statusCode() / 100 == 3
                && (to.contains("/login") || to.contains("/oauth2/authorization/") || to.contains("/connect/logout"));
    }

    private static String headers(Answer answer) {
        return Stream.of("Location", "WWW-Authenticate", "Content-Type").map(name -> header(answer, name))
                .filter(value -> !value.isEmpty()).collect(Collectors.joining(" | "));
    }

    private static String header(Answer answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static Map<String, Row> rows(String table) {
        var rows = new LinkedHashMap<String, Row>();
        table.lines().filter(line -> !line.isBlank()).map(line -> line.strip().split("\\s+", 3)).forEach(
                words -> rows.put(words[0] + " " + words[1], new Row(words[0], words[1],
                        Set.of(words[2].split(",\\s*")))));
        return rows;
    }

    private String pathOf(Row row, UUID owner) {
        return row.pattern().contains("/{id}") && (row.pattern().startsWith("/pipeline")
                || row.pattern().startsWith("/api/dead-letters"))
                        ? row.pattern().replace("{id}", deadLetter())
                        : COMMON_PATHS.getOrDefault(row.pattern(), path(row.method(), row.pattern(), owner));
    }

    /** The id of a dead letter that waits. */
    private String deadLetter() {
        long offset = deadLetters.incrementAndGet();
        service.getBean(JdbcClient.class).sql("""
                insert into dead_letters (consumer, place, topic, partition, record_offset, record_millis, key, value,
                                          header_names, header_values, cause)
                values ('of.nobody', gen_random_uuid(), 'ates.users', 1, ?, 0, '', '', '{}', '{}', 'made by a test')
                """).param(offset).update();
        return "of.nobody-1-" + offset;
    }

    /** All that the running application maps. */
    private Set<String> endpoints() {
        var endpoints = new TreeSet<String>();
        for (var mapping : service.getBeansOfType(HandlerMapping.class).values()) {
            switch (mapping) {
                case RequestMappingInfoHandlerMapping handlers -> handlers.getHandlerMethods().keySet()
                        .forEach(info -> methods(info.getMethodsCondition().getMethods().stream().map(Enum::name)
                                .toList()).forEach(
                                        method -> info.getPatternValues()
                                                .forEach(pattern -> endpoints.add(method + " " + pattern))));
                case AbstractUrlHandlerMapping files -> files.getHandlerMap().keySet()
                        .forEach(pattern -> endpoints
                                .add("GET " + VERSION.matcher(pattern).replaceFirst("/{version}/")));
                case RouterFunctionMapping routes when routes.getRouterFunction() == null -> {
                }
                default -> endpoints.add("GET " + mapping);
            }
        }
        service.getBean(FilterChainProxy.class).getFilterChains().stream().flatMap(chain -> chain.getFilters().stream())
                .filter(filter -> !(filter instanceof CsrfFilter))
                .forEach(filter -> ReflectionUtils.doWithFields(filter.getClass(), field -> {
                    field.setAccessible(true);
                    var matched = MATCHED.matcher(String.valueOf(field.get(filter)));
                    while (matched.find()) {
                        for (var method : methods(matched.group(1) == null
                                ? List.<String>of()
                                : List.of(matched.group(1)))) {
                            endpoints.add(method + " " + matched.group(2));
                        }
                    }
                }, AccessMatrix::isMatcher));
        return endpoints;
    }

    private static boolean isMatcher(Field field) {
        return RequestMatcher.class.isAssignableFrom(field.getType());
    }

    private static List<String> methods(List<String> declared) {
        return declared.isEmpty() ? List.of("GET", "POST") : declared;
    }

    /** Everybody who may come. */
    private List<Caller> callers(UUID owner) {
        var callers = new ArrayList<Caller>();
        callers.add(new Caller("nobody", Credentials.NOTHING, null, List.of(), "", null));
        var people = new LinkedHashMap<String, Person>();
        people.put("popug", new Person(owner, Role.POPUG, Role.POPUG));
        for (var role : List.of(Role.MANAGER, Role.ACCOUNTANT, Role.ADMIN)) {
            people.put(role.wire(), new Person(user(role, Account.ACTIVE), role, role));
        }
        people.put("another popug", new Person(user(Role.POPUG, Account.ACTIVE), Role.POPUG, Role.POPUG));
        people.put("deactivated admin", new Person(user(Role.ADMIN, Account.DEACTIVATED), Role.ADMIN, null));
        people.put("demoted admin", new Person(user(Role.POPUG, Account.ACTIVE), Role.ADMIN, Role.POPUG));
        people.put("promoted popug", new Person(user(Role.ADMIN, Account.ACTIVE), Role.POPUG, Role.ADMIN));
        people.put("erased admin", new Person(user(Role.ADMIN, Account.ERASED), Role.ADMIN, null));
        people.forEach((name, person) -> {
            callers.add(new Caller(name + " with a token", Credentials.VALID_TOKEN, person.role(), "Authorization",
                    "Bearer " + token(person.id(), person.claimed(), _ -> {
                    }), person.id()));
            callers.add(new Caller(name + " with a session", Credentials.SESSION, person.role(), "Cookie",
                    PageSession.cookie(sessions, service.getEnvironment(), person.id(), person.claimed()),
                    person.id()));
        });
        var admin = Objects.requireNonNull(people.get("admin")).id();
        var valid = token(admin, Role.ADMIN, _ -> {
        });
        wrongTokens(admin, valid, owner).forEach((name, token) -> callers.add(new Caller("admin with a token " + name,
                Credentials.WRONG_TOKEN, null, "Authorization", "Bearer " + token, admin)));
        var withoutRole = Map.<String, Consumer<JWTClaimsSet.Builder>>of(
                "somebody whose token has no role", claims -> claims.claim("roles", null),
                "somebody whose token has an unknown role", claims -> claims.claim("roles", List.of("owner")),
                "a program", claims -> claims.subject("robot").claim("roles", null).claim("scope", "tasks:read"));
        withoutRole.forEach((name, change) -> callers.add(new Caller(name, Credentials.VALID_TOKEN, null,
                "Authorization", "Bearer " + token(UUID.randomUUID(), Role.ADMIN, change), UUID.randomUUID())));
        callers.add(new Caller(METRICS_READER, Credentials.VALID_TOKEN, null, "Authorization",
                "Bearer " + token(UUID.randomUUID(), Role.ADMIN, claims -> claims.subject("prometheus")
                        .claim("roles", null).claim("scope", List.of("metrics"))),
                UUID.randomUUID()));
        callers.add(
                new Caller("somebody whose token has no role but the scope of metrics", Credentials.VALID_TOKEN, null,
                        "Authorization", "Bearer " + token(UUID.randomUUID(), Role.ADMIN,
                                claims -> claims.claim("roles", null).claim("scope", List.of("metrics"))),
                        UUID.randomUUID()));
        callers.add(new Caller("admin with the token in the query", Credentials.NOTHING, null, List.of(),
                "access_token=" + valid, admin));
        callers.add(new Caller("admin with the token in a cookie", Credentials.NOTHING, null, "Cookie",
                "access_token=" + valid, admin));
        callers.add(new Caller("admin with Basic", Credentials.NOTHING, null, "Authorization",
                "Basic " + Base64.getEncoder().encodeToString("admin:beak-admin".getBytes(StandardCharsets.UTF_8)),
                admin));
        var cookie = PageSession.cookie(sessions, service.getEnvironment(), admin, Role.ADMIN);
        var name = cookie.substring(0, cookie.indexOf('='));
        Map.of("of another service", name + "=" + Base64.getEncoder().encodeToString(UUID.randomUUID().toString()
                .getBytes(StandardCharsets.US_ASCII)),
                "under another name", "OTHER_" + cookie,
                "whose id is cut", cookie.substring(0, cookie.length() - 8),
                "that has expired", PageSession.expired(sessions,
                        PageSession.cookie(sessions, service.getEnvironment(), admin, Role.ADMIN)))
                .forEach((why, session) -> callers.add(new Caller("admin with a session " + why, Credentials.NOTHING,
                        null, "Cookie", session, admin)));
        return callers;
    }

    /** @param claimed by token or session; @param role of today, or null without access */
    private record Person(UUID id, Role claimed, @Nullable Role role) {
    }

    private Map<String, String> wrongTokens(UUID admin, String valid, UUID popug) {
        var tokens = new LinkedHashMap<String, String>();
        var claims = claims(valid);
        tokens.put("of another issuer", token(admin, Role.ADMIN, it -> it.issuer("https://elsewhere.example")));
        tokens.put("for another audience", token(admin, Role.ADMIN, it -> it.audience("elsewhere")));
        tokens.put("that has expired", token(admin, Role.ADMIN, it -> it
                .issueTime(Date.from(Instant.now().minusSeconds(7_200)))
                .notBeforeTime(Date.from(Instant.now().minusSeconds(7_200)))
                .expirationTime(Date.from(Instant.now().minusSeconds(3_600)))));
        tokens.put("that is not yet valid", token(admin, Role.ADMIN,
                it -> it.notBeforeTime(Date.from(Instant.now().plusSeconds(3_600)))));
        tokens.put("without a signature", new PlainJWT(claims).serialize());
        tokens.put("signed with another key", Tokens.signed(otherKey(), admin, Role.ADMIN, it -> it.issuer(issuer())));
        tokens.put("signed with the public key as a secret", byPublicKey(claims));
        tokens.put("whose claims are another's", tampered(token(popug, Role.POPUG, _ -> {
        }), valid));
        tokens.put("whose signature is changed", tampered(valid));
        tokens.put("that is an ID token", token(admin, Role.ADMIN, it -> it
                .audience(service.getEnvironment().getProperty("spring.application.name"))
                .claim("azp", service.getEnvironment().getProperty("spring.application.name")).claim("nonce", "n")
                .claim("sid", "s")));
        tokens.put("that is none", "made.up.token");
        return tokens;
    }

    private RSAKey otherKey() {
        return new RSAKey.Builder(Tokens.newKey()).keyID(key().getKeyID()).build();
    }

    private String token(UUID user, Role role, Consumer<JWTClaimsSet.Builder> change) {
        return Tokens.signed(key(), user, role, claims -> change.accept(claims.issuer(issuer())));
    }

    private static JWTClaimsSet claims(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private String byPublicKey(JWTClaimsSet claims) {
        try {
            var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key().getKeyID()).build(),
                    claims);
            token.sign(new MACSigner(key().toRSAPublicKey().getEncoded()));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String tampered(String signature, String claims) {
        return claims.substring(0, claims.lastIndexOf('.')) + signature.substring(signature.lastIndexOf('.'));
    }

    private static String tampered(String token) {
        int place = token.length() - 100;
        return token.substring(0, place) + (token.charAt(place) == 'A' ? 'B' : 'A') + token.substring(place + 1);
    }

    /** The form token of each session; others send that of an admin. */
    private Map<String, String> forms(List<Caller> callers) throws IOException, InterruptedException {
        var forms = new LinkedHashMap<String, String>();
        for (var caller : callers) {
            if (caller.credentials() == Credentials.SESSION) {
                var page = http.send(request("/").headers(caller.headers().toArray(String[]::new))
                        .header("Accept", "text/html").build(), BodyHandlers.ofString()).body();
                var token = CSRF.matcher(page);
                assertThat(token.find()).as("%s sees %s", caller.name(), page).isTrue();
                forms.put(caller.name(), token.group(1));
            }
        }
        var admins = forms.getOrDefault("admin with a session", "");
        callers.forEach(caller -> forms.putIfAbsent(caller.name(), admins));
        return forms;
    }

    private Answer send(Row row, String path, Caller caller, String form)
            throws IOException, InterruptedException {
        assertThat(PathPatternParser.defaultInstance.parse(row.pattern())
                .matches(PathContainer.parsePath(path.replaceFirst("\\?.*", "")))).as("%s of %s", path, row.endpoint())
                .isTrue();
        var address = caller.query().isEmpty() ? path : path + (path.contains("?") ? "&" : "?") + caller.query();
        var request = request(address);
        if (!caller.headers().isEmpty()) {
            request.headers(caller.headers().toArray(String[]::new));
        }
        boolean isStream = path.equals("/live");
        if (isStream) {
            request.header("Accept", "text/event-stream");
        } else if (!row.isApi()) {
            request.headers(CookieBrowser.NAVIGATION);
        }
        if (row.method().equals("HEAD")) {
            request.HEAD();
        } else if (row.isRead()) {
            request.GET();
        } else if (row.method().equals("DELETE")) {
            request.DELETE();
        } else if (row.isApi()) {
            request.header("Content-Type", "application/json").header("Idempotency-Key", UUID.randomUUID().toString())
                    .method(row.method(), BodyPublishers.ofString("{}"));
        } else {
            request.header("Content-Type", "application/x-www-form-urlencoded")
                    .method(row.method(), BodyPublishers.ofString("_csrf=" + form + "&once=" + UUID.randomUUID()));
        }
        var answer = http.send(request.build(), BodyHandlers.ofInputStream());
        try (var body = answer.body()) {
            // A stream does not end.
            var text = isStream && answer.statusCode() == 200
                    ? ""
                    : new String(body.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(answer.statusCode(), answer.headers(), text);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(TIMEOUT);
    }
}
