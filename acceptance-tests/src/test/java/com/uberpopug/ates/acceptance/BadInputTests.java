package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every malformed request is refused with a problem that names its error. {@link Answer} checks that no test ever gets
 * a 500 or internals of a service.
 */
class BadInputTests {

    /** Status, faulty fields and body; {@code <x*3>} stands for {@code xxx}. */
    private static final String NEW_TASKS = """
            400             |
            400             | {
            400             | title
            400             | {"title": "cut o
            400             | {'title': 'quoted otherwise'}
            400             | {"title": "commented" /* on */}
            400             | {"title": "one"} and more
            400             | {"title": NaN}
            400             | {"title": <9*2000>}
            400             | null
            422             | []
            422             | "only a text"
            422             | 5
            422             | {"title": "one"} {"title": "two"}
            422             | <[*2000>
            422 title       | {}
            422 title       | {"title": null}
            422 title       | {"title": 1}
            422 title       | {"title": 1.5}
            422 title       | {"title": true}
            422 title       | {"title": {}}
            422 title       | {"title": ["one"]}
            422 title       | {"title": <[*500><]*500>}
            422 title       | {"title": ""}
            422 title       | {"title": " \\t\\n "}
            201             | {"title": "x"}
            201             | {"title": "<x*200>"}
            201             | {"title": "   <x*200>   "}
            422 title       | {"title": "<x*201>"}
            201             | {"title": "<🦜*200>"}
            422 title       | {"title": "<🦜*201>"}
            201             | {"title": "<\\ud83e\\udd9c*200>"}
            201             | {"title": "<b>\\"Polly\\"</b> & '; drop table tasks; --"}
            422 title       | {"title": "a\\u0000b"}
            422 title       | {"title": "a\\u001fb"}
            422 title       | {"title": "a\\u007fb"}
            422 title       | {"title": "two\\nlines"}
            422 title       | {"title": "a\\ud83e"}
            422 title       | {"title": "\\udd9cb"}
            422 title       | {"title": "\\udd9c\\ud83e"}
            422 status      | {"title": "x", "status": "COMPLETED"}
            422 Title       | {"Title": "x"}
            201             | {"title": "x", "description": null}
            201             | {"title": "x", "description": "two\\nlines\\tand a tab"}
            201             | {"title": "x", "description": "<x*10000>"}
            422 description | {"title": "x", "description": "<x*10001>"}
            422 description | {"title": "x", "description": "a\\u0000b"}
            422 description | {"title": "x", "description": "a\\ud800"}
            422 description | {"title": "x", "description": 1}
            413             | {"title": "x", "description": "<x*1048576>"}
            """;

    private static final String NEW_USERS = """
            422 display_name,login,role | {}
            422 login                   | {"login": "Polly", "display_name": "x", "role": "popug"}
            422 login                   | {"login": "po lly", "display_name": "x", "role": "popug"}
            422 login                   | {"login": "", "display_name": "x", "role": "popug"}
            422 login                   | {"login": "<x*65>", "display_name": "x", "role": "popug"}
            422 login                   | {"login": "a\\u0000", "display_name": "x", "role": "popug"}
            422 login                   | {"login": 1, "display_name": "x", "role": "popug"}
            422 display_name            | {"login": "polly", "display_name": " ", "role": "popug"}
            422 display_name            | {"login": "polly", "display_name": "<x*101>", "role": "popug"}
            422 display_name            | {"login": "polly", "display_name": "\\ud800", "role": "popug"}
            422 role                    | {"login": "polly", "display_name": "x", "role": "boss"}
            422 role                    | {"login": "polly", "display_name": "x", "role": "ADMIN"}
            422 role                    | {"login": "polly", "display_name": "x", "role": 3}
            422 role                    | {"login": "polly", "display_name": "x", "role": null}
            422 email                   | {"login": "polly", "display_name": "x", "role": "popug", "email": "nobody"}
            422 email                   | {"login": "polly", "display_name": "x", "role": "popug", "email": "a@b\\u0000"}
            422 language                | {"login": "polly", "display_name": "x", "role": "popug", "language": "fr"}
            422 password                | {"login": "polly", "display_name": "x", "role": "popug", "password": "secret"}
            409                         | {"login": "first-admin", "display_name": "x", "role": "popug"}
            """;

    private static final String CHANGES = """
            400              | {
            422              | []
            422 active       | {"active": "no"}
            422 active       | {"active": 0}
            422 role         | {"role": "boss"}
            422 role         | {"role": 3}
            422 display_name | {"display_name": ""}
            422 email        | {"email": ""}
            422 language     | {"language": "de"}
            422 login        | {"login": "other"}
            """;

    /** Status, faulty parameters, service and path. */
    private static final String ADDRESSES = """
            404        | TASKS      /api/nothing
            404        | TASKS      /api/tasks/00000000-0000-7000-8000-000000000000
            404        | TASKS      /api/shuffles/00000000-0000-7000-8000-000000000000
            404        | AUTH       /api/users/00000000-0000-7000-8000-000000000000
            404        | ACCOUNTING /api/accounts/me
            400 id     | TASKS      /api/tasks/x
            400 id     | TASKS      /api/tasks/%F0%9F%A6%9C
            400 id     | TASKS      /api/tasks/<a*5000>
            400 id     | TASKS      /api/shuffles/x
            400 id     | AUTH       /api/users/x
            400 limit  | TASKS      /api/tasks?limit=0
            400 limit  | TASKS      /api/tasks?limit=201
            400 limit  | TASKS      /api/tasks?limit=-1
            400 limit  | TASKS      /api/tasks?limit=many
            400 limit  | TASKS      /api/tasks?limit=99999999999
            400 limit  | TASKS      /api/tasks?limit=1.5
            400 limit  | TASKS      /api/tasks/mine?limit=0
            400 limit  | TASKS      /api/tasks?limit=10000
            400 status | TASKS      /api/tasks?status=open
            400 status | TASKS      /api/tasks?status=READY,new
            400 status | TASKS      /api/tasks?status=
            400 assignee | TASKS    /api/tasks?assignee=anna
            400 assignee | TASKS    /api/tasks?assignee=%00
            400 q      | TASKS      /api/tasks?q=
            400 q      | TASKS      /api/tasks?q=%00
            400 q      | TASKS      /api/tasks?q=<x*201>
            400 q      | TASKS      /api/tasks/mine?q=%0A
            400 limit  | AUTH       /api/users?limit=0
            400 limit  | AUTH       /api/users?limit=10000
            400 limit  | ACCOUNTING /api/accounts?limit=0
            400 limit  | ACCOUNTING /api/accounts?limit=10000
            400 after  | ACCOUNTING /api/accounts?after=x
            400 after  | ACCOUNTING /api/accounts?after=OTk5OTk5
            400 q      | ACCOUNTING /api/accounts?q=%00
            400 q      | ACCOUNTING /api/accounts?q=<x*101>
            400 user_id | ACCOUNTING /api/accounts/x
            400 user_id | ACCOUNTING /api/accounts/x/transfers
            404        | ACCOUNTING /api/accounts/00000000-0000-7000-8000-000000000000
            404        | ACCOUNTING /api/accounts/00000000-0000-0000-0000-000000000001
            404        | ACCOUNTING /api/accounts/00000000-0000-7000-8000-000000000000/transfers
            400 limit  | ACCOUNTING /api/business-days?limit=0
            400 limit  | ACCOUNTING /api/business-days?limit=10000
            400 after  | ACCOUNTING /api/business-days?after=x
            400 after  | ACCOUNTING /api/business-days?after=OTk5OTk5
            400 date   | ACCOUNTING /api/business-days/today
            400 date   | ACCOUNTING /api/business-days/2026-02-30
            404        | ACCOUNTING /api/business-days/1999-12-31
            404        | ACCOUNTING /api/business-days/2999-12-31
            404        | ACCOUNTING /api/business-days/%2B999999999-12-31
            400 limit  | ACCOUNTING /api/accounts/me/transfers?limit=0
            400 limit  | ACCOUNTING /api/accounts/me/transfers?limit=10000
            400 after  | TASKS      /api/tasks?after=x
            400 after  | TASKS      /api/tasks?after=%00
            400 after  | TASKS      /api/tasks?after=<A*600>
            400 after  | TASKS      /api/tasks?after=OTk5OTk5
            400 after  | TASKS      /api/tasks/mine?after=x
            400 after  | AUTH       /api/users?after=x
            400 after  | ACCOUNTING /api/accounts/me/transfers?after=x
            400 after  | ACCOUNTING /api/accounts/me/transfers?after=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ
            400 role   | AUTH       /api/users?role=boss
            400 active | AUTH       /api/users?active=perhaps
            400 q      | AUTH       /api/users?q=%00
            400 q      | AUTH       /api/users?q=<x*101>
            400 from   | ACCOUNTING /api/earnings?from=yesterday
            400 to     | ACCOUNTING /api/earnings?to=2026-02-30
            400 from   | ACCOUNTING /api/earnings?from=2026-11-02&to=2026-11-01
            400 from   | ACCOUNTING /api/earnings?from=2024-01-01&to=2026-01-01
            400 to     | ACCOUNTING /api/earnings?to=%2B999999999-12-31
            400 from   | ANALYTICS  /api/earnings?from=11/22/26
            400 to     | ANALYTICS  /api/earnings?to=-999999999-01-01
            400 from   | ANALYTICS  /api/negative-balances?from=2026-11-02&to=2026-11-01
            400 to     | ANALYTICS  /api/negative-balances?to=%00
            400 period | ANALYTICS  /api/most-expensive?period=year
            400 period | ANALYTICS  /api/most-expensive?period=DAY
            400 date   | ANALYTICS  /api/most-expensive?date=today
            400 date   | ANALYTICS  /api/most-expensive?date=%2B10000-01-01
            """;

    private static final Pattern REPEATED = Pattern.compile("<([^<>]+)\\*(\\d+)>");

    @RegisterExtension
    private final Company company = new Company();

    @TestFactory
    Stream<DynamicTest> new_task_must_be_json_with_a_title() {
        return bodies("POST", TASKS, "/api/tasks", NEW_TASKS);
    }

    @TestFactory
    Stream<DynamicTest> new_user_must_be_complete() {
        return bodies("POST", AUTH, "/api/users", NEW_USERS);
    }

    @TestFactory
    Stream<DynamicTest> invalid_change_of_a_user_is_refused() {
        return bodies("PATCH", AUTH, "/api/users/" + company.hires(Role.MANAGER).id(), CHANGES);
    }

    @TestFactory
    Stream<DynamicTest> invalid_path_or_parameter_is_refused() {
        return ADDRESSES.lines().map(line -> line.split(" *\\| ", 2)).map(cells -> dynamicTest(cells[1], () -> {
            var address = cells[1].split(" +");
            isRefused(admin().gets(Service.valueOf(address[0]), expanded(address[1])), cells[0]);
        }));
    }

    private static Stream<DynamicTest> bodies(String method, Service service, String path, String table) {
        return table.lines().map(line -> line.split(" *\\| ?", 2))
                .map(cells -> dynamicTest(cells[0] + " for " + cells[1],
                        () -> isRefused(admin().sends(service, method, path, expanded(cells[1])), cells[0])));
    }

    private static void isRefused(Answer answer, String expected) {
        var words = expected.split(" +");
        int status = Integer.parseInt(words[0]);
        if (status < 400) {
            answer.is(status);
        } else if (words.length == 1) {
            answer.isProblem(status);
        } else {
            answer.isProblemWith(status, words[1].split(","));
        }
    }

    private static String expanded(String text) {
        return REPEATED.matcher(text).replaceAll(
                match -> Matcher
                        .quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
    }

    @Test
    void body_must_be_utf_8() {
        for (var bytes : new byte[][]{{'a', (byte) 0xff, 'b'}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                {'a', 0, 'b'}}) {
            var body = new ByteArrayOutputStream();
            body.writeBytes("{\"title\": \"".getBytes(StandardCharsets.UTF_8));
            body.writeBytes(bytes);
            body.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));
            posts("application/json", BodyPublishers.ofByteArray(body.toByteArray())).isProblem(400);
        }
    }

    @Test
    void body_without_a_content_length_is_bounded_too() {
        var small = "{\"title\": \"chunk by chunk\"}";
        posts("application/json", chunked(small)).is(201);
        posts("application/json", chunked("{\"title\": \"x\", \"description\": \"" + "x".repeat(1_200_000) + "\"}"))
                .isProblem(413);
        posts("application/json", chunked(small + " ".repeat(1_200_000))).isProblem(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
            "application/jsonx", "application/yaml", "application/json;charset=nonsense", "*/*", "application/*",
            "nonsense", ";"})
    void body_of_another_content_type_is_refused(String contentType) {
        posts(contentType, BodyPublishers.ofString("{\"title\": \"x\"}")).isProblem(415);
    }

    @Test
    void body_without_a_content_type_is_refused() {
        Person.sends(admin().request(TASKS, "/api/tasks").POST(BodyPublishers.ofString("{\"title\": \"x\"}")))
                .isProblem(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "text/html", "nonsense"})
    void answer_is_json_whatever_accept_says(String accept) {
        Person.sends(admin().request(TASKS, "/api/tasks").header("Accept", accept)).is(200).json();
    }

    @ParameterizedTest
    @CsvSource({"PUT, 405", "PATCH, 405", "DELETE, 405", "TRACE, 405", "PROPFIND, 400", "NONSENSE, 400"})
    void unsupported_method_is_refused(String method, int status) {
        Person.sends(admin().request(TASKS, "/api/tasks").method(method, BodyPublishers.noBody())).isProblem(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "Bearer a b", "Bearer %00", "Bearer a.b.c", "Basic YTpi", "nonsense"})
    void request_without_a_token_is_unauthenticated(String authorization) {
        Person.sends(Person.anonymously(TASKS, "/api/tasks").header("Authorization", authorization)).isProblem(401);
        Person.sends(Person.anonymously(TASKS, "/api/tasks?access_token=" + admin().token())).isProblem(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /api/tasks/%00", "GET /api/tasks/%ZZ", "GET /api/tasks/%2F", "GET /api/tasks/..",
            "GET /api//tasks", "GET /api/tasks;x=1", "GET /api/tasks?%", "GET /api/tasks?limit=%zz",
            "GET /api/tasks?<x>",
            "GET /api/ta sks", "GET /api/\u0001", "NO HTTP AT ALL"})
    void malformed_request_line_is_a_bad_request(String line) throws IOException {
        assertThat(raw(TASKS, line + " HTTP/1.1\r\n" + headers() + "\r\n")).satisfies(BadInputTests::isBadRequest);
    }

    @ParameterizedTest
    @EnumSource
    void headers_are_bounded_in_size_and_number(Service service) throws IOException {
        var request = "GET /api/users/me HTTP/1.1\r\n" + headers();
        isBadRequest(raw(service, request + "X-Large: " + "x".repeat(16_400) + "\r\n\r\n"));
        isBadRequest(raw(service, request + "X-Many: x\r\n".repeat(120) + "\r\n"));
        isBadRequest(raw(service, request + "Content-Length: -1\r\n\r\n"));
        isBadRequest(raw(service, request + "b ad: x\r\n\r\n"));
    }

    @Test
    void truncated_or_badly_chunked_body_is_a_bad_request() throws IOException {
        var post = "POST /api/tasks HTTP/1.1\r\n" + headers() + "Content-Type: application/json\r\n";
        isBadRequest(raw(TASKS, post + "Content-Length: 100\r\n\r\n{\"title\": "));
        isBadRequest(raw(TASKS, post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"));
    }

    private static Answer posts(String contentType, BodyPublisher body) {
        return Person.sends(admin().request(TASKS, "/api/tasks").header("Content-Type", contentType).POST(body));
    }

    private static BodyPublisher chunked(String body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String headers() {
        return "Host: localhost\r\nConnection: close\r\nAuthorization: Bearer " + admin().token() + "\r\n";
    }

    /** Writes raw bytes to the socket, which no HTTP client would send, and returns the whole answer. */
    private static String raw(Service service, String request) throws IOException {
        var answer = new ByteArrayOutputStream();
        try (var socket = new Socket("localhost", service.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            socket.getInputStream().transferTo(answer);
        } catch (IOException e) {
            // A server that has not read the whole request may close the connection right after its answer.
            if (answer.size() == 0) {
                throw e;
            }
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    private static void isBadRequest(String answer) {
        assertThat(answer).startsWith("HTTP/1.1 400").contains("Content-Type: application/problem+json")
                .contains("\"status\":400").doesNotContain("Exception", "\tat ");
    }
}
