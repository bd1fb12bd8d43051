package com.uberpopug.ates.platform.web.openapi;

import static com.uberpopug.ates.platform.web.openapi.Refusal.type;
import static org.springframework.http.HttpStatus.BAD_REQUEST;
import static org.springframework.http.HttpStatus.CONFLICT;
import static org.springframework.http.HttpStatus.CONTENT_TOO_LARGE;
import static org.springframework.http.HttpStatus.FORBIDDEN;
import static org.springframework.http.HttpStatus.INTERNAL_SERVER_ERROR;
import static org.springframework.http.HttpStatus.NOT_FOUND;
import static org.springframework.http.HttpStatus.PRECONDITION_FAILED;
import static org.springframework.http.HttpStatus.SERVICE_UNAVAILABLE;
import static org.springframework.http.HttpStatus.UNAUTHORIZED;
import static org.springframework.http.HttpStatus.UNPROCESSABLE_CONTENT;
import static org.springframework.http.HttpStatus.UNSUPPORTED_MEDIA_TYPE;

import com.uberpopug.ates.platform.web.BodyLimit;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.IdempotencyKeys;
import com.uberpopug.ates.platform.web.IfMatch;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.Problems.FieldError;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;

/**
 * Adds what every operation has in common: who may call, the parameters of lists, how to repeat a POST, and each
 * problem that the platform answers with. An operation's own {@code @ApiResponse}s stay, and are completed.
 */
final class CommonAnswers implements OpenApiCustomizer {

    private static final String BEARER = "bearer";

    private static final Refusal UNAUTHENTICATED = new Refusal(UNAUTHORIZED,
            "There is no access token, or it is not valid any more");
    private static final Refusal NOT_ALLOWED = new Refusal(FORBIDDEN,
            "The caller's role may not do this, or the account is deactivated");
    private static final Refusal IN_PROGRESS = new Refusal(CONFLICT,
            "The first request with this " + IdempotencyKeys.KEY + " is still in progress");
    private static final Refusal CHANGED_MEANWHILE = new Refusal(PRECONDITION_FAILED,
            "It has been changed since the version that " + HttpHeaders.IF_MATCH + " names");
    private static final String A_TAG = "\"7\"";
    private static final Refusal TOO_LARGE = new Refusal(CONTENT_TOO_LARGE,
            "A body may have up to " + BodyLimit.MAX_BYTES + " bytes");
    private static final Refusal NOT_JSON = new Refusal(UNSUPPORTED_MEDIA_TYPE, "The body is not `application/json`");
    private static final Refusal OTHER_REQUEST = new Refusal(UNPROCESSABLE_CONTENT,
            "The " + IdempotencyKeys.KEY + " was given to another request",
            new FieldError(IdempotencyKeys.KEY, "was given to another request"));
    private static final Refusal AWAY = new Refusal(SERVICE_UNAVAILABLE,
            "Something that is needed is away for a moment");
    private static final Refusal BROKEN = new Refusal(INTERNAL_SERVER_ERROR,
            "This is our mistake, and it is in our log");

    @Override
    public void customise(OpenAPI api) {
        api.setServers(List.of(new Server().url("/").description("The service that gives this description")));
        api.addSecurityItem(new SecurityRequirement().addList(BEARER));
        api.getComponents()
                .addSecuritySchemes(BEARER, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")
                        .bearerFormat("JWT").description("An access token of the auth service, which lives 5 minutes"))
                .addSchemas(Refusal.SCHEMA, Refusal.schema());
        api.getTags().forEach(tag -> tag.setName(tagName(tag.getName())));
        api.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            operation.setTags(operation.getTags().stream().map(CommonAnswers::tagName).toList());
            parameters(operation).forEach(CommonAnswers::describe);
            if (method == HttpMethod.POST) {
                operation.addParametersItem(idempotencyKey());
            }
            operation.getResponses().forEach((code, response) -> complete(path, method, operation, code, response));
            refuse(path, method, operation, api);
        }));
    }

    /** springdoc's {@code business-day-controller} is about a business day. */
    private static String tagName(String name) {
        return name.replace("-controller", "").replace('-', ' ');
    }

    private static List<Parameter> parameters(Operation operation) {
        return Objects.requireNonNullElse(operation.getParameters(), List.of());
    }

    private static void describe(Parameter parameter) {
        var schema = parameter.getSchema();
        switch (parameter.getName()) {
            case "after" -> {
                explain(parameter, "The `next` of the page before; left out for the first page");
                schema.maxLength(Cursor.MAX_LENGTH).example(Cursor.of(Examples.ID).encoded());
            }
            case "limit" -> {
                explain(parameter, "How many items a page has at most");
                schema.minimum(BigDecimal.ONE).maximum(BigDecimal.valueOf(Page.MAX_LIMIT)).example(Page.DEFAULT_LIMIT)
                        .setDefault(Page.DEFAULT_LIMIT);
            }
            case "from" -> explain(parameter,
                    "The first date of the period; left out, the period has " + Period.DEFAULT_DAYS + " days");
            case "to" -> explain(parameter, "The last date of the period, which has at most " + Period.MAX_DAYS
                    + " days; left out, it is today");
            default -> {
            }
        }
        if (parameter.getExample() == null) {
            Examples.addTo(schema, parameter.getName());
        }
    }

    private static void explain(Parameter parameter, String description) {
        if (parameter.getDescription() == null) {
            parameter.setDescription(description);
        }
    }

    private static Parameter idempotencyKey() {
        return new HeaderParameter().name(IdempotencyKeys.KEY).required(false)
                .description("Printable ASCII characters, as random as a UUID. A request is done once for each key, and"
                        + " repeated within 24 hours it gets the first answer again; after a refusal it is tried anew")
                .schema(type("string").minLength(1).maxLength(IdempotencyKeys.MAX_LENGTH).example(Examples.ID));
    }

    /** For an operation that changes what has versions. */
    static Parameter ifMatch() {
        return new HeaderParameter().name(HttpHeaders.IF_MATCH).required(false)
                .description(
                        "The `ETag` of the version that the request is meant for: 412 where there is another by now."
                                + " Left out, or `*`, it is meant for whichever is there")
                .schema(type("string").example(A_TAG));
    }

    /** For an operation whose answer shows something that has versions. */
    static void addVersion(Operation operation, boolean isGet) {
        operation.getResponses().forEach((code, response) -> {
            if (code.startsWith("2")) {
                response.addHeaderObject(HttpHeaders.ETAG, new Header().required(true)
                        .description("The version that is shown, as `If-Match` and `If-None-Match` name it")
                        .schema(type("string").example(A_TAG)));
            }
        });
        if (isGet) {
            operation.getResponses().addApiResponse("304",
                    new ApiResponse().description("It is still the version that `If-None-Match` names"));
        }
    }

    /** For an operation that takes a sign-in of at most this age. */
    static void addFreshSignIn(Operation operation, Duration limit) {
        operation.getResponses().addApiResponse(String.valueOf(UNAUTHORIZED.value()), new Refusal(UNAUTHORIZED,
                "The caller has signed in more than %d seconds ago: `insufficient_user_authentication` by RFC 9470"
                        .formatted(limit.toSeconds()))
                .response());
    }

    /** Adds to an operation's own answers the parts that all of their kind have. */
    private static void complete(String path, HttpMethod method, Operation operation, String code,
            ApiResponse response) {
        if (code.startsWith("4")) {
            response.setContent(
                    new Refusal(HttpStatus.valueOf(Integer.parseInt(code)), response.getDescription()).content());
        }
        if (code.equals("201") || code.equals("202")) {
            response.addHeaderObject(HttpHeaders.LOCATION, new Header().required(true)
                    .description(code.equals("201") ? "Where what was made is" : "Where its progress is to be seen")
                    .schema(type("string").format("uri-reference").example(location(path, operation))));
        }
        if (method == HttpMethod.POST && code.startsWith("2")) {
            response.addHeaderObject(IdempotencyKeys.REPLAYED, new Header()
                    .description("`true` where this answer was given to the key before; absent otherwise")
                    .schema(type("boolean").example(true)));
        }
    }

    /** Below the collection, or what the path's first variable names. */
    private static String location(String path, Operation operation) {
        int variable = path.indexOf('{');
        if (variable < 0) {
            return path + "/" + Examples.ID;
        }
        var name = path.substring(variable + 1, path.indexOf('}'));
        return path.substring(0, variable) + parameters(operation).stream()
                .filter(parameter -> parameter.getName().equals(name))
                .map(parameter -> Objects.requireNonNullElseGet(parameter.getExample(),
                        parameter.getSchema()::getExample))
                .findFirst().orElseThrow();
    }

    private static void refuse(String path, HttpMethod method, Operation operation, OpenAPI api) {
        var isPost = method == HttpMethod.POST;
        var body = operation.getRequestBody();
        if (!parameters(operation).isEmpty()) {
            add(operation, malformed(parameters(operation).getLast()));
        }
        add(operation, UNAUTHENTICATED);
        add(operation, NOT_ALLOWED);
        if (path.contains("{")) {
            var unknown = new Refusal(NOT_FOUND, "There is no such " + operation.getTags().getFirst());
            operation.getResponses().computeIfAbsent(unknown.code(), _ -> unknown.response());
        }
        if (isPost) {
            add(operation, IN_PROGRESS);
        }
        if (parameters(operation).stream().anyMatch(parameter -> parameter.getName().equals(HttpHeaders.IF_MATCH))) {
            add(operation, CHANGED_MEANWHILE);
        }
        if (method != HttpMethod.GET) {
            add(operation, TOO_LARGE);
        }
        if (body != null) {
            add(operation, NOT_JSON);
            add(operation, invalid(body, api));
        }
        if (isPost) {
            add(operation, OTHER_REQUEST);
        }
        add(operation, AWAY);
        operation.getResponses().setDefault(
                BROKEN.response().description("Whatever else goes wrong, such as 500, is a problem too"));
        var byCode = new ApiResponses();
        new TreeMap<>(operation.getResponses()).forEach(byCode::addApiResponse);
        operation.setResponses(byCode);
    }

    private static void add(Operation operation, Refusal refusal) {
        var said = operation.getResponses().get(refusal.code());
        if (said == null) {
            operation.getResponses().addApiResponse(refusal.code(), refusal.response());
        } else {
            said.setDescription(said.getDescription() + "; or " + StringUtils.uncapitalize(refusal.why()));
        }
    }

    /** With the last parameter to blame: the limit of a list, the key of a POST, an id. */
    private static Refusal malformed(Parameter blamed) {
        var message = switch (blamed.getName()) {
            case "limit" -> "must be between 1 and " + Page.MAX_LIMIT;
            case IdempotencyKeys.KEY -> IdempotencyKeys.RULE;
            case HttpHeaders.IF_MATCH -> IfMatch.RULE;
            default -> switch (blamed.getSchema().getFormat()) {
                case "uuid" -> "must be a UUID";
                case "date" -> "must be a date such as " + Examples.DATE;
                case null, default -> "cannot be understood";
            };
        };
        return new Refusal(BAD_REQUEST, "A parameter, a header or the body cannot be understood",
                new FieldError(blamed.getName(), message));
    }

    private static Refusal invalid(RequestBody body, OpenAPI api) {
        var reference = body.getContent().values().iterator().next().getSchema().get$ref();
        var model = Objects.requireNonNull(
                api.getComponents().getSchemas().get(reference.substring(reference.lastIndexOf('/') + 1)));
        model.setAdditionalProperties(false);
        return new Refusal(UNPROCESSABLE_CONTENT, "A field is missing, unknown, or has a value that it must not have",
                new FieldError(String.valueOf(model.getProperties().keySet().iterator().next()),
                        "does not take a value of this kind"));
    }
}
