package com.uberpopug.ates.platform.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.uberpopug.ates.platform.security.Allowed;
import com.uberpopug.ates.platform.security.AllowedToAnyone;
import com.uberpopug.ates.platform.security.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Sends the same requests to every handler of a running service, in its API and its pages, and finds those that differ. */
public final class HandlerMatrix {

    private static final String OURS = "com.uberpopug.ates.";
    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final RequestMappingHandlerMapping handlers;
    private final JdbcClient db;
    private final String address;
    private final Map<Role, Visitor> visitors = new EnumMap<>(Role.class);
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HandlerMatrix(ApplicationContext service, Function<Role, Visitor> visitors) {
        handlers = service.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        db = service.getBean(JdbcClient.class);
        address = "http://localhost:" + service.getEnvironment().getProperty("local.server.port");
        Arrays.stream(Role.values()).forEach(role -> this.visitors.put(role, visitors.apply(role)));
    }

    /**
     * A user who calls the API and looks at pages.
     *
     * @param token  an access token
     * @param cookie the header {@code Cookie} of a session
     */
    public record Visitor(UUID id, String token, String cookie) {

        /** A user of whom the service knows nothing, so that the role of the token counts. */
        public static Visitor unknown(ApplicationContext service, Role role) {
            var id = UUID.randomUUID();
            return new Visitor(id, Tokens.of(id, role), PageSession.cookie(
                    service.getBean(SessionRepository.class), service.getEnvironment(), id, role));
        }
    }

    /** Of a service that takes the role from the token. */
    public static HandlerMatrix of(ApplicationContext service) {
        return of(service, role -> Visitor.unknown(service, role));
    }

    /** With users that the service knows. */
    public static HandlerMatrix of(ApplicationContext service, Function<Role, Visitor> visitors) {
        return new HandlerMatrix(service, visitors);
    }

    /** A handler by one of its methods and paths. */
    private record Endpoint(String method, String pattern, HandlerMethod handler) {

        boolean isApi() {
            return pattern.startsWith("/api/");
        }

        boolean isRead() {
            return method.equals("GET");
        }

        String path(String variable) {
            return VARIABLE.matcher(pattern).replaceAll(variable);
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
     * Sends what is wrong in all other ways, too, to each handler as each role that may not call it: a malformed id, a
     * malformed body or none, an {@code Idempotency-Key} that is no key, or was given to another request.
     *
     * @return what was not answered 403
     */
    public List<String> breaches() throws IOException, InterruptedException {
        var breaches = new ArrayList<String>();
        int asked = 0;
        for (var endpoint : endpoints()) {
            var allowed = endpoint.handler().getMethodAnnotation(Allowed.class);
            if (allowed == null && !endpoint.handler().hasMethodAnnotation(AllowedToAnyone.class)) {
                breaches.add(endpoint.handler() + " declares nothing");
            }
            for (var role : Role.values()) {
                if (allowed == null || Arrays.asList(allowed.value()).contains(role)) {
                    continue;
                }
                for (var request : endpoint.isApi() ? apiCalls(endpoint, role) : pageCalls(endpoint, role)) {
                    var status = send(request.builder()).statusCode();
                    asked++;
                    if (status != 403) {
                        breaches.add("%s %s as %s, %s: %d".formatted(endpoint.method(), endpoint.pattern(), role.wire(),
                                request.name(), status));
                    }
                }
            }
        }
        if (asked < 20) {
            breaches.add("Only " + asked + " requests were sent");
        }
        return breaches;
    }

    private record Call(String name, HttpRequest.Builder builder) {
    }

    private List<Call> apiCalls(Endpoint endpoint, Role role) {
        var token = "Bearer " + visitor(role).token();
        var calls = new ArrayList<Call>();
        for (var variable : List.of(UUID.randomUUID().toString(), "2026-11-02", "nonsense")) {
            var path = endpoint.path(variable);
            if (endpoint.isRead()) {
                calls.add(new Call("nonsense in the query", request(path
                        + "?limit=nonsense&after=!&from=never&to=never&q=&date=never&period=never&events=never")
                        .header("Authorization", token)));
                continue;
            }
            for (var body : List.of("", "{", "[]", "{\"unknown\": \"\\u0000\"}")) {
                calls.add(new Call("body " + body, post(endpoint, path, JSON, body).header("Authorization", token)));
            }
            calls.add(new Call("text", post(endpoint, path, "text/plain", "text").header("Authorization", token)));
            calls.add(new Call("a key that is none", post(endpoint, path, JSON, "{}").header("Authorization", token)
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
                    calls.add(new Call("nonsense in the query",
                            page(request(path + "?limit=nonsense&after=!&from=never&transfer=1"), cookie, headers)));
                    continue;
                }
                for (var fields : List.of("", "&role=emperor&active=maybe", "&once=" + "x".repeat(101))) {
                    calls.add(new Call("form " + fields,
                            page(post(endpoint, path, FORM, "_csrf=" + csrf + fields), cookie, headers)));
                }
                var once = UUID.randomUUID().toString();
                answeredBefore(visitor(role).id(), path + "once=[" + once + "]");
                calls.add(new Call("a form sent before",
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
            throw new IllegalStateException("No token in " + page.statusCode() + " " + page.body());
        }
        return token.group(1);
    }

    /** As if the caller had been answered when they still had the role. */
    private void answeredBefore(UUID caller, String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-512").digest((caller + "\n" + key).getBytes(UTF_8));
            db.sql("insert into idempotency_keys (caller, key_hash, request_hash, status) values (?, ?, '', 200)")
                    .params(caller, Arrays.copyOf(digest, 32)).update();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder post(Endpoint endpoint, String path, String type, String body) {
        return request(path).header("Content-Type", type).method(endpoint.method(), BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT);
    }

    /** The body of a stream never ends: it is not waited for. */
    private HttpResponse<?> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = http.send(request.build(), BodyHandlers.ofInputStream());
        answer.body().close();
        return answer;
    }
}
