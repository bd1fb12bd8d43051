package com.uberpopug.ates.platform.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.RecordComponent;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Sends the same requests to every handler of a running service, API and pages, and reports the handlers that answer
 * otherwise.
 */
public final class HandlerMatrix {

    private static final String OURS = "com.uberpopug.ates.";
    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final ApplicationContext service;
    private final RequestMappingHandlerMapping handlers;
    private final JdbcClient db;
    private final String address;
    private final int port;
    private @Nullable String adminsToken;
    private final Map<Role, Visitor> visitors = new EnumMap<>(Role.class);
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HandlerMatrix(ApplicationContext service, Function<Role, Visitor> visitors) {
        this.service = service;
        handlers = service.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        db = service.getBean(JdbcClient.class);
        port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        address = "http://localhost:" + port;
        Arrays.stream(Role.values()).forEach(role -> this.visitors.put(role, visitors.apply(role)));
    }

    /**
     * A user with access to the API and the pages.
     *
     * @param token an access token
     * @param cookie the {@code Cookie} header of a session
     */
    public record Visitor(UUID id, String token, String cookie) {

        /** A user unknown to the service, so that the token's role counts. */
        public static Visitor unknown(ApplicationContext service, Role role) {
            return unknown(service, role, Instant.now());
        }

        /** The same for one who typed the password at this time. */
        public static Visitor unknown(ApplicationContext service, Role role, Instant signedInAt) {
            var id = UUID.randomUUID();
            return new Visitor(id, Tokens.of(id, role, signedInAt), PageSession.cookie(
                    service.getBean(SessionRepository.class), service.getEnvironment(), id, role, signedInAt));
        }
    }

    /** For a service that takes the role from the token. */
    public static HandlerMatrix of(ApplicationContext service) {
        return of(service, role -> Visitor.unknown(service, role));
    }

    /** For a service that knows its users. */
    public static HandlerMatrix of(ApplicationContext service, Function<Role, Visitor> visitors) {
        return new HandlerMatrix(service, visitors);
    }

    /** A handler with one of its methods and paths. */
    private record Endpoint(String method, String pattern, HandlerMethod handler) {

        boolean isApi() {
            return pattern.startsWith("/api/");
        }

        boolean isRead() {
            return method.equals("GET");
        }

        boolean takesJson() {
            return Arrays.stream(handler.getMethod().getParameters())
                    .anyMatch(parameter -> parameter.isAnnotationPresent(RequestBody.class));
        }

        boolean isStream() {
            return pattern.equals("/live");
        }

        /** The names of parameters bound from the query or a form, and of the form's fields. */
        List<String> parameters() {
            return Stream.concat(Stream.of("after", "limit"),
                    Arrays.stream(handler.getMethod().getParameters())
                            .flatMap(parameter -> parameter.getType().isRecord()
                                    ? Arrays.stream(parameter.getType().getRecordComponents())
                                            .map(RecordComponent::getName)
                                    : parameter.isAnnotationPresent(RequestParam.class)
                                            ? Stream.of(parameter.getName())
                                            : Stream.empty()))
                    .distinct().toList();
        }

        /** Its path with an id in place of each variable, or else with each of its parameters that is an id. */
        List<String> addresses(String id) {
            if (pattern.contains("{")) {
                return List.of(path(id));
            }
            var parameters = Arrays.stream(handler.getMethod().getParameters())
                    .filter(parameter -> parameter.getType() == UUID.class || parameter.getName().equals("assignee"))
                    .map(parameter -> pattern + "?" + parameter.getName() + "=" + id).toList();
            return parameters.isEmpty() ? List.of(pattern) : parameters;
        }

        String path(String variable) {
            return VARIABLE.matcher(pattern).replaceAll(Matcher.quoteReplacement(variable));
        }
    }

    private List<Endpoint> endpoints() {
        return handlers.getHandlerMethods().entrySet().stream()
                .filter(each -> each.getValue().getBeanType().getName().startsWith(OURS))
                .flatMap(each -> each.getKey().getPatternValues().stream()
                        .flatMap(pattern -> methods(each.getKey().getMethodsCondition().getMethods().stream())
                                .map(method -> new Endpoint(method, pattern, each.getValue()))))
                .toList();
    }

    private static Stream<String> methods(Stream<RequestMethod> declared) {
        var methods = declared.map(Enum::name).toList();
        return methods.isEmpty() ? Stream.of("GET", "POST") : methods.stream();
    }

    /**
     * Sends requests, each with a further error, to each handler as each role without access: a malformed id, a
     * malformed or missing body, a malformed or reused {@code Idempotency-Key}.
     *
     * @return the requests that were not answered 403
     */
    public List<String> breaches() throws IOException, InterruptedException {
        var breaches = new ArrayList<String>();
        int requestCount = 0;
        for (var endpoint : endpoints()) {
            var allowed = endpoint.handler().getMethodAnnotation(Allowed.class);
            if (allowed == null && !endpoint.handler().hasMethodAnnotation(AllowedToAnyone.class)) {
                breaches.add(endpoint.handler() + " declares nothing");
            }
            if (endpoint.pattern().contains("{userId}") && (allowed == null
                    || Arrays.asList(allowed.value()).contains(Role.POPUG))) {
                breaches.add(endpoint.pattern() + " shows a popug another user's data");
            }
            for (var role : Role.values()) {
                if (allowed == null || Arrays.asList(allowed.value()).contains(role)) {
                    continue;
                }
                for (var request : endpoint.isApi() ? apiCalls(endpoint, role) : pageCalls(endpoint, role)) {
                    var status = send(request.builder()).statusCode();
                    requestCount++;
                    if (status != 403) {
                        breaches.add("%s %s as %s, %s: %d".formatted(endpoint.method(), endpoint.pattern(), role.wire(),
                                request.name(), status));
                    }
                }
            }
        }
        if (requestCount < 20) {
            breaches.add("Only " + requestCount + " requests were sent");
        }
        return breaches;
    }

    /** The same for admins whom the service does not know. */
    public List<String> staleSignIns() throws IOException, InterruptedException {
        var now = service.getBean(Clock.class).instant();
        return staleSignIns(Visitor.unknown(service, Role.ADMIN, now.minus(Duration.ofMinutes(15))),
                Visitor.unknown(service, Role.ADMIN, now.minus(Duration.ofMinutes(14))));
    }

    /**
     * Calls each handler that takes a new sign-in, as an admin who has signed in too long ago and as one who has just
     * done so.
     *
     * @return the requests that were answered otherwise
     */
    public List<String> staleSignIns(Visitor old, Visitor recent) throws IOException, InterruptedException {
        var wrong = new ArrayList<String>();
        for (var endpoint : endpoints()) {
            if (!endpoint.handler().hasMethodAnnotation(FreshSignIn.class)) {
                continue;
            }
            var path = endpoint.path("nonsense");
            for (var visitor : List.of(old, recent)) {
                for (var header : endpoint.isApi()
                        ? List.of(List.of("Authorization", "Bearer " + visitor.token()))
                        : List.of(List.of("Accept", "text/html"), List.of("HX-Request", "true"))) {
                    var request = endpoint.isRead()
                            ? request(path)
                            : endpoint.isApi()
                                    ? post(endpoint, path, JSON, "{}").header("Idempotency-Key",
                                            UUID.randomUUID().toString())
                                    : post(endpoint, path, FORM, "_csrf=" + csrf(visitor.cookie()) + "&once="
                                            + UUID.randomUUID()).header("Referer", address + "/from-here?x=1");
                    request.header(header.getFirst(), header.getLast());
                    var answer = send(endpoint.isApi() ? request : request.header("Cookie", visitor.cookie()));
                    if (asksForSignIn(answer, endpoint.isApi(), header.getFirst()) != (visitor == old)) {
                        wrong.add("%s %s with %s of %s: %d %s".formatted(endpoint.method(), path, header.getFirst(),
                                visitor == old ? "an old sign-in" : "a new one", answer.statusCode(),
                                answer.headers().map()));
                    }
                }
            }
        }
        return wrong;
    }

    private static boolean asksForSignIn(HttpResponse<?> answer, boolean isApi, String header) {
        var headers = answer.headers();
        if (isApi) {
            var challenge = headers.firstValue("WWW-Authenticate").orElse("");
            return answer.statusCode() == 401
                    && challenge.startsWith("Bearer error=\"insufficient_user_authentication\"")
                    && challenge.endsWith(", max_age=\"900\"")
                    && headers.firstValue("Content-Type").orElse("").startsWith("application/problem+json");
        }
        var to = headers.firstValue(header.equals("HX-Request") ? "HX-Redirect" : "Location").orElse("");
        return answer.statusCode() == (header.equals("HX-Request") ? 401 : to.startsWith("/") ? 303 : 302)
                && to.matches(".*/login(/oauth2/authorization/ates[?]fresh&|[?])to=.*");
    }

    /** Ids, CSRF tokens, which are masked anew in each page, and the time of a confirmation. */
    private static final Pattern VARYING = Pattern.compile(
            "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\\w-]{80,}={0,2}|\\b\\d{13}\\b");
    /** The length differs with the id's; a connection is closed after its hundredth request. */
    private static final List<String> NOT_COMPARED = List.of("date", "content-length", "connection", "keep-alive");

    /**
     * Calls each handler that takes an id, in its path or as a parameter, as a popug and as a manager: with the id of a
     * thing that is another's, and with one of nothing. Status, headers and body must be the same but for the id.
     *
     * @param existing the id of another's thing for a handler's path, such as {@code /transfers/{id}}
     * @return the handlers that answer otherwise, which thus show the thing, or that it exists
     */
    public List<String> handlersThatShowWhatIsAnothers(Function<String, String> existing)
            throws IOException, InterruptedException {
        var shown = new ArrayList<String>();
        for (var endpoint : endpoints().stream().filter(each -> !each.addresses("id").equals(List.of(each.pattern())))
                .toList()) {
            for (var role : List.of(Role.POPUG, Role.MANAGER)) {
                var id = existing.apply(endpoint.pattern());
                var foreign = endpoint.addresses(id);
                var unknown = endpoint.addresses(
                        endpoint.pattern().contains("{date}") ? "1999-01-01" : UUID.randomUUID().toString());
                for (int address = 0; address < foreign.size(); address++) {
                    for (var method : endpoint.isRead() ? List.of("GET", "HEAD") : List.of(endpoint.method())) {
                        for (var kind : List.of("text/html", "*/*")) {
                            if (!answer(endpoint, method, foreign.get(address), id, role, kind)
                                    .equals(answer(endpoint, method, unknown.get(address), id, role, kind))) {
                                shown.add(endpoint.method() + " " + endpoint.pattern() + " to a " + role.wire());
                            }
                        }
                    }
                }
            }
        }
        return shown.stream().distinct().sorted().toList();
    }

    /**
     * The id of a dead letter for the paths of dead letters, which are closed to popugs and managers.
     *
     * @throws IllegalArgumentException for another path: each service names another's thing for it
     */
    public static String deadLetterFor(String path) {
        if (!path.startsWith("/pipeline/") && !path.startsWith("/api/dead-letters/")) {
            throw new IllegalArgumentException("Whose id is that of " + path + "?");
        }
        return "nobody-0-1";
    }

    private String answer(Endpoint endpoint, String method, String path, String id, Role role, String type)
            throws IOException, InterruptedException {
        var request = endpoint.isApi()
                ? request(path).header("Authorization", "Bearer " + visitor(role).token())
                : request(path).header("Cookie", visitor(role).cookie());
        request.header(endpoint.isApi() || type.equals("text/html") ? "Accept" : "HX-Request", type);
        if (endpoint.isRead()) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", endpoint.isApi() ? JSON : FORM).method(method, BodyPublishers.ofString(
                    endpoint.isApi() ? "{}" : "_csrf=" + csrf(visitor(role).cookie())));
        }
        var answer = http.send(request.build(), BodyHandlers.ofString());
        var headers = new TreeMap<>(answer.headers().map());
        headers.keySet().removeIf(name -> NOT_COMPARED.contains(name.toLowerCase(Locale.ROOT)));
        return VARYING.matcher((answer.statusCode() + " " + headers + "\n" + answer.body()).replace(id, "id")
                .replace("1999-01-01", "id")).replaceAll("id");
    }

    /** The handlers that change something for others than popugs, and take a sign-in of any age. */
    public List<String> changesWithoutNewSignIn() {
        return endpoints().stream().filter(endpoint -> !endpoint.isRead())
                .filter(endpoint -> !endpoint.handler().hasMethodAnnotation(FreshSignIn.class))
                .filter(endpoint -> endpoint.handler().getMethodAnnotation(Allowed.class) instanceof Allowed allowed
                        && !Arrays.asList(allowed.value()).contains(Role.POPUG))
                .map(endpoint -> endpoint.method() + " " + endpoint.pattern()).sorted().toList();
    }

    private record Call(String name, HttpRequest.Builder builder) {
    }

    private List<Call> apiCalls(Endpoint endpoint, Role role) {
        var token = "Bearer " + visitor(role).token();
        var calls = new ArrayList<Call>();
        for (var variable : List.of(UUID.randomUUID().toString(), "2026-11-02", "nonsense")) {
            var path = endpoint.path(variable);
            if (endpoint.isRead()) {
                calls.add(new Call("malformed query", request(path
                        + "?limit=nonsense&after=!&from=never&to=never&q=&date=never&period=never&events=never")
                        .header("Authorization", token)));
                continue;
            }
            for (var body : List.of("", "{", "[]", "{\"unknown\": \"\\u0000\"}")) {
                calls.add(new Call("body " + body, post(endpoint, path, JSON, body).header("Authorization", token)));
            }
            calls.add(new Call("text", post(endpoint, path, "text/plain", "text").header("Authorization", token)));
            calls.add(new Call("a malformed key", post(endpoint, path, JSON, "{}").header("Authorization", token)
                    .header("Idempotency-Key", "x".repeat(201))));
            var key = UUID.randomUUID().toString();
            answeredBefore(visitor(role).id(), key);
            calls.add(new Call("a key used before", post(endpoint, path, JSON, "{}").header("Authorization", token)
                    .header("Idempotency-Key", key)));
        }
        return calls;
    }

    private List<Call> pageCalls(Endpoint endpoint, Role role) throws IOException, InterruptedException {
        var cookie = visitor(role).cookie();
        var calls = new ArrayList<Call>();
        var csrf = endpoint.isRead() ? "" : csrf(cookie);
        for (var variable : List.of(UUID.randomUUID().toString(), "2026-11-02", "nonsense")) {
            var path = endpoint.path(variable);
            for (var headers : List.of(List.of("Accept", "text/html"), List.of("HX-Request", "true"))) {
                if (endpoint.isRead()) {
                    calls.add(new Call("malformed query",
                            page(request(path + "?limit=nonsense&after=!&from=never&transfer=1"), cookie, headers)));
                    continue;
                }
                for (var fields : List.of("", "&role=emperor&active=maybe", "&once=" + "x".repeat(101))) {
                    calls.add(new Call("form " + fields,
                            page(post(endpoint, path, FORM, "_csrf=" + csrf + fields), cookie, headers)));
                }
                var once = UUID.randomUUID().toString();
                answeredBefore(visitor(role).id(), path + "once=[" + once + "]");
                calls.add(new Call("a form submitted before",
                        page(post(endpoint, path, FORM, "_csrf=" + csrf + "&once=" + once), cookie, headers)));
            }
        }
        return calls;
    }

    private static HttpRequest.Builder page(HttpRequest.Builder request, String cookie, List<String> header) {
        return request.header("Cookie", cookie).header(header.getFirst(), header.getLast());
    }

    private Visitor visitor(Role role) {
        return visitors.getOrDefault(role, visitors.values().iterator().next());
    }

    private String csrf(String cookie) throws IOException, InterruptedException {
        var page = http.send(request("/").header("Cookie", cookie).header("Accept", "text/html").build(),
                BodyHandlers.ofString());
        var token = CSRF.matcher(page.body());
        if (!token.find()) {
            throw new IllegalStateException("No CSRF token in " + page.statusCode() + " " + page.body());
        }
        return token.group(1);
    }

    /** Stores an answer from the time when the caller still had the role. */
    private void answeredBefore(UUID caller, String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-512").digest((caller + "\n" + key).getBytes(UTF_8));
            db.sql("insert into idempotency_keys (caller, key_hash, request_hash, status) values (?, ?, '', 200)")
                    .params(caller, Arrays.copyOf(digest, 32)).update();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Characters that PostgreSQL cannot store, encoded as in a query or a form, and bytes that are not valid UTF-8. */
    private static final List<String> UNSTORABLE = List.of("%00", "a%00b", "%ed%a0%80", "%ff", "%zz", "AA%3D%3D",
            "%c0%80", "%f8%88%80%80%80", "%C2%80", "%uD800", "%", "x".repeat(500));
    /** Suffixes that Spring's binders read as property paths, with encoded brackets. */
    private static final List<String> PATHS_WITHIN = List.of(".x", "%5B0%5D", "%5B%5D", "%5Ba%5D.b");
    /** Parameters of filters; a service without the filter treats them as unknown parameters. */
    private static final List<String> OTHER_PARAMETERS = List.of("client_id", "code", "state", "token", "scope",
            "nonce",
            "redirect_uri", "grant_type", "refresh_token", "code_verifier", "id_token_hint", "username", "password",
            "once", "_csrf", "client_assertion", "response_type", "logout_token", "sid", "error", "continue");
    private static final List<String> OTHER_PATHS = List.of("/login", "/oauth2/token", "/oauth2/authorize",
            "/oauth2/introspect", "/oauth2/revoke", "/oauth2/jwks", "/userinfo", "/connect/logout",
            "/oauth2/authorization/ates", "/login/oauth2/code/ates",
            "/logout", "/.well-known/openid-configuration",
            "/actuator/health", "/actuator/prometheus", "/v3/api-docs", "/v3/api-docs.yaml", "/swagger-ui/index.html",
            "/shell/nothing.css", "/error", "/nowhere");
    private static final String FINE = "grant_type=authorization_code&response_type=code";
    private static final String TEXTS = """
            {"login": "%1$s", "display_name": "%1$s", "email": "%1$s", "language": "%1$s", "role": "%1$s", "title": "%1$s",
             "description": "%1$s", "reason": "%1$s", "transfer_id": "%1$s", "dry_run": "%1$s"}""";

    /**
     * Sends unstorable texts to each handler and filter in every part of a request: the path, the query, a form, a JSON
     * body, cookies, tokens, credentials and keys; and parameter names that look like property paths.
     *
     * @return the requests that were answered 5xx, or not at all
     */
    public List<String> serverErrors() throws IOException, InterruptedException {
        var errors = new ArrayList<String>();
        var endpoints = endpoints().stream().filter(endpoint -> !endpoint.isStream()).toList();
        for (var endpoint : endpoints) {
            for (var text : UNSTORABLE) {
                if (endpoint.pattern().contains("{")) {
                    probe(errors, endpoint.method(), endpoint.path(text), null, null);
                }
                var path = endpoint.path("nonsense");
                for (var name : endpoint.parameters()) {
                    probe(errors, endpoint.method(), path + "?" + name + "=" + text, null, null);
                    if (!endpoint.isRead()) {
                        probe(errors, endpoint.method(), path, FORM, name + "=" + text);
                    }
                }
            }
            for (var name : endpoint.parameters()) {
                for (var within : PATHS_WITHIN) {
                    var parameter = name + within + "=1";
                    probe(errors, endpoint.method(), endpoint.path("nonsense") + "?" + parameter, null, null);
                    if (!endpoint.isRead()) {
                        probe(errors, endpoint.method(), endpoint.path("nonsense"), FORM, parameter);
                    }
                }
                check(errors, endpoint.method() + " " + endpoint.pattern() + " with the header " + name + ".x",
                        asAdmin(endpoint.path("nonsense")).header(name + ".x", "1")
                                .method(endpoint.method(), BodyPublishers.noBody()));
            }
            if (endpoint.takesJson()) {
                for (var text : List.of("\\u0000", "\\ud800", "a\u0000", "\ud800")) {
                    probe(errors, endpoint.method(), endpoint.path("nonsense"), JSON, TEXTS.formatted(text));
                }
            }
            probe(errors, endpoint.method(), endpoint.path("nonsense") + "?%00=x", null, null);
        }
        for (var path : OTHER_PATHS.subList(0, 10)) {
            for (var method : List.of("GET", "POST")) {
                var queries = Stream.concat(OTHER_PARAMETERS.stream().map(name -> FINE + "&" + name + "=a%00b"),
                        UNSTORABLE.stream().map(text -> String.join("=" + text + "&", OTHER_PARAMETERS) + "=" + text));
                for (var query : queries.toList()) {
                    probe(errors, method, path + "?" + query, null, null);
                    if (method.equals("POST")) {
                        probe(errors, method, path, FORM, query);
                    }
                }
            }
        }
        for (var headers : unstorableHeaders()) {
            for (var path : Stream.concat(OTHER_PATHS.stream(), endpoints.stream().filter(Endpoint::isRead)
                    .map(endpoint -> endpoint.path("nonsense"))).toList()) {
                for (var method : List.of("GET", "POST")) {
                    check(errors, method + " " + path + " with " + headers, request(path)
                            .headers(headers.toArray(String[]::new)).method(method, BodyPublishers.noBody()));
                }
            }
        }
        return errors;
    }

    private List<List<String>> unstorableHeaders() {
        var session = visitor(Role.ADMIN).cookie().split("=", 2);
        var name = session[0] + "=";
        var id = new String(Base64.getDecoder().decode(session[1]), UTF_8);
        var token = Tokens.of(UUID.randomUUID(), Role.ADMIN, claims -> claims.subject("a\u0000b")
                .claim("roles", List.of("admin\u0000")).claim("sid", "\u0000"));
        return List.of(List.of("Cookie", name + "AA=="), List.of("Cookie", name + base64("\u0000" + id)),
                List.of("Cookie", name + base64(id + "\u0000")), List.of("Cookie", name + base64("\ud800")),
                List.of("Cookie", name + "gICA"), List.of("Cookie", name + "%00"), List.of("Cookie", name + "="),
                List.of("Cookie", "ates_language=%00; ates_theme=AA=="),
                List.of("Authorization", "Bearer " + token), List.of("Authorization", "Bearer AA=="),
                List.of("Authorization", "Basic " + base64("a\u0000b:c")),
                List.of("Authorization", "Basic " + base64("a%00b:%00")),
                List.of("Authorization", "Basic " + base64("a%zz:%")), List.of("Authorization", "Basic gICA"),
                List.of("Authorization", "Bearer " + visitor(Role.ADMIN).token(), "Idempotency-Key", "\u00a0"),
                List.of("Accept-Language", "\u00ff;q=x,,;;q=0.0,*"), List.of("Accept", "text/html;q=%00"),
                List.of("traceparent", "00-00-00-00"), List.of("Referer", "http://localhost/%00%ff"));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** As a program and as a person, with token, session and form token. */
    private void probe(List<String> errors, String method, String path, @Nullable String type, @Nullable String body)
            throws IOException, InterruptedException {
        // java.net.http rejects some of these addresses, so the request is written to a socket.
        var what = method + " " + path.substring(0, Math.min(path.length(), 120)) + (body == null
                ? ""
                : " with " + body.substring(0, Math.min(body.length(), 120)));
        var form = FORM.equals(type) ? body + "&_csrf=" + csrf() : body;
        var headers = new StringBuilder();
        headers.append(path.startsWith("/api/")
                ? "Authorization: Bearer " + visitor(Role.ADMIN).token()
                : "Accept: text/html\r\nCookie: " + visitor(Role.ADMIN).cookie()).append("\r\n");
        if (type != null) {
            headers.append("Content-Type: ").append(type).append("\r\n");
        }
        int status = raw(method, path, headers.toString(), form == null ? "" : form);
        if (status < 200 || status >= 500) {
            errors.add(what + ": " + status);
        }
    }

    private void check(List<String> errors, String what, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        int status = send(request).statusCode();
        if (status >= 500) {
            errors.add(what + ": " + status);
        }
    }

    /** The status of a request that no HTTP client would send; 0 without an answer. */
    private int raw(String method, String path, String headers, String body) throws IOException {
        var bytes = body.getBytes(UTF_8);
        var request = "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n"
                .formatted(method, path, headers, bytes.length);
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.getOutputStream().write(request.getBytes(UTF_8));
            socket.getOutputStream().write(bytes);
            var line = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
            return line == null ? 0 : Integer.parseInt(line.split(" ")[1]);
        }
    }

    /**
     * Sends {@code HEAD} and {@code OPTIONS} to each handler of {@code GET}.
     *
     * @return the requests that were not answered at once, or with a body, or, for {@code HEAD}, with another status
     *     than {@code GET}
     */
    public List<String> headsThatDiffer() throws IOException, InterruptedException {
        var differences = new ArrayList<String>();
        for (var endpoint : endpoints().stream().filter(Endpoint::isRead).toList()) {
            // The limit of open streams for each user; a HEAD must not count.
            int times = endpoint.isStream() ? 60 : 1;
            var path = endpoint.path(UUID.randomUUID().toString());
            for (int i = 0; i < times; i++) {
                int head = head(path);
                if (head == 0) {
                    differences.add("HEAD " + path + " does not end");
                    break;
                }
            }
            int get = send(asAdmin(path).GET()).statusCode();
            int head = head(path);
            if (get != head) {
                differences.add("GET " + path + ": " + get + ", HEAD: " + head);
            }
            var options = send(asAdmin(path).method("OPTIONS", BodyPublishers.noBody()));
            if (options.statusCode() != 200 || !options.headers().firstValue("Allow").orElse("").contains("GET")) {
                differences.add("OPTIONS " + path + ": " + options.statusCode() + " " + options.headers().map());
            }
        }
        return differences;
    }

    /** The status of a complete answer; 0 if the answer does not end or has a body. */
    private int head(String path) throws IOException {
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("HEAD %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
                    .formatted(path, path.startsWith("/api/")
                            ? "Authorization: Bearer " + visitor(Role.ADMIN).token() + "\r\n"
                            : "Accept: text/html, text/event-stream\r\nCookie: " + visitor(Role.ADMIN).cookie()
                                    + "\r\n")
                    .getBytes(UTF_8));
            var answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            return answer.endsWith("\r\n\r\n") ? Integer.parseInt(answer.split(" ")[1]) : 0;
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    private HttpRequest.Builder asAdmin(String path) {
        var request = request(path).header("Accept", "text/html, text/event-stream");
        return path.startsWith("/api/")
                ? request.header("Authorization", "Bearer " + visitor(Role.ADMIN).token())
                : request.header("Cookie", visitor(Role.ADMIN).cookie());
    }

    private String csrf() throws IOException, InterruptedException {
        if (adminsToken == null) {
            adminsToken = csrf(visitor(Role.ADMIN).cookie());
        }
        return adminsToken;
    }

    private HttpRequest.Builder post(Endpoint endpoint, String path, String type, String body) {
        return request(path).header("Content-Type", type).method(endpoint.method(), BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT);
    }

    /** A stream's body never ends, so only its headers are read. */
    private HttpResponse<?> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = http.send(request.build(), BodyHandlers.ofInputStream());
        answer.body().close();
        return answer;
    }
}
