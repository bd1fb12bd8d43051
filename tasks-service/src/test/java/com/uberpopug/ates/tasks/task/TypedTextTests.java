package com.uberpopug.ates.tasks.task;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer.Form;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;
import tools.jackson.databind.json.JsonMapper;

/** Typed text in every Unicode form that keyboards and programs send. */
@TasksTest(kafka = false)
class TypedTextTests {

    private static final int TITLES = 500;
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    @Autowired
    private Api api;
    @Autowired
    private Company company;
    @Autowired
    private JdbcClient db;
    @Autowired
    private SessionRepository<?> sessions;
    @Autowired
    private Environment environment;

    private Caller anna = new Caller(Ids.next(), Role.POPUG);
    private String cookie = "";

    @BeforeEach
    void clear() {
        company.clear();
        anna = company.hire(Role.POPUG);
        cookie = PageSession.cookie(sessions, environment, anna.id(), Role.POPUG);
    }

    @Test
    void search_finds_500_titles_in_every_unicode_form() {
        var titles = titles();
        assertThat(titles).hasSize(TITLES);
        var missed = new ArrayList<String>();
        for (int i = 0; i < TITLES; i++) {
            var forms = forms(titles.get(i));
            var id = created(forms.get(i % forms.size()));
            forms.stream().filter(form -> !found(form).contains(id))
                    .forEach(form -> missed.add(form));
        }
        assertThat(missed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Straße", "STRAẞE", "strasse", "ΟΔΟΣ", "ὀδός", "İSTANBUL", "ısı", "diyarbakır",
            "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ",
            "ᏣᎳᎩ", "\uD801\uDC14\uD801\uDC2F", "한국어", "ﬁn de ﬂèche", "йод", "Ёлка", "ᾳ ᾼ ΐ", "Ǆungla ǅ ǆ", "ŉ ǰ",
            "Å Å K",
            "ʰ ﬅ", "Tiếng Việt", "ക്ഷ ড়", "ქართული", "ⅷ ⓐ"})
    void page_finds_titles_in_every_unicode_form(String title) {
        var id = created(title);
        forms(title).forEach(form -> assertThat(page("/tasks?q=" + encoded(form))).as(form).contains("/tasks/" + id));
    }

    @Test
    void search_finds_titles_stored_in_any_unicode_form() {
        for (var form : Form.values()) {
            var id = company.newTask();
            db.sql("update tasks set title = ? where id = ?").params(Normalizer.normalize("Йод ﬁnn " + form, form), id)
                    .update();
            forms("йод finn " + form).forEach(typed -> assertThat(found(typed)).as(typed).containsExactly(id));
        }
    }

    @ParameterizedTest
    @CsvSource({"%, 100%", "_, snake_case", "\\, C:\\popug", "％, 100％", "＿, wide＿case", "＼, C:＼popug", "%%, 5%%",
            "$1, $1"})
    void wildcards_are_searched_literally(String typed, String title) {
        created("Repaint the button");
        var id = created(title);
        assertThat(found(typed)).containsExactly(id);
        assertThat(page("/tasks?q=" + encoded(typed))).contains("/tasks/" + id).doesNotContain("Repaint the button");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Йод", "Straße", "ΣΊΣΥΦΟΣ", "İnci", "ﬁfi", "한비", "Ёж"})
    void people_are_suggested_by_any_form_of_the_beginning_of_their_name(String name) {
        db.sql("update users set login = 'someone', display_name = ? where id = ?").params(name, anna.id()).update();
        forms(name).forEach(form -> assertThat(page("/people?assignee=" + encoded(form))).as(form)
                .contains("\"someone\""));
        assertThat(page("/people?assignee=" + encoded("SOME"))).contains("\"someone\"");
        assertThat(page("/people?assignee=" + encoded("%"))).doesNotContain("\"someone\"");
        assertThat(page("/people")).contains("\"someone\"");
        assertThat(page("/people?assignee=")).contains("\"someone\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"me", "mine", "my", "self", "none", "nobody", "null", "new", "all", "any", "anybody",
            "true",
            "unassigned", "undefined", "0", "-", "."})
    void every_word_may_be_a_login(String login) {
        var other = company.hire(Role.POPUG);
        db.sql("update users set login = ? where id = ?").params(login, other.id()).update();
        var mine = company.taskOf(anna);
        var theirs = company.taskOf(other);
        assertThat(page("/tasks?assignee=" + login)).contains("/tasks/" + theirs).doesNotContain("/tasks/" + mine);
        assertThat(page("/tasks?assignee=" + login.toUpperCase(Locale.ROOT))).contains("/tasks/" + theirs);
        assertThat(page("/tasks?mine=true")).contains("/tasks/" + mine).doesNotContain("/tasks/" + theirs);
        assertThat(page("/people?assignee=" + login)).contains("value=\"" + login + "\"");
    }

    /** Letters of the basic plane, beyond it, composed from several, composed into several, and line breaks. */
    @ParameterizedTest
    @CsvSource({"я, true", "\uD83E\uDD9C, true", "и\u0306, true", "\u1112\u1161\u11ab, true", "\u0958, false"})
    void page_and_api_count_the_same_length(String letter, boolean oneEach) {
        int most = oneEach ? 200 : 100;
        assertThat(bySending(letter.repeat(most), "")).isEqualTo(201);
        assertThat(bySending(letter.repeat(most + 1), "")).isEqualTo(422);
        assertThat(byForm(letter.repeat(most), "")).isEqualTo(302);
        assertThat(byForm(letter.repeat(most + 1), "")).isEqualTo(422);
        int mostLines = oneEach ? 10_000 : 5_000;
        assertThat(bySending("Title", letter.repeat(mostLines))).isEqualTo(201);
        assertThat(bySending("Title", letter.repeat(mostLines + 1))).isEqualTo(422);
        assertThat(byForm("Title", letter.repeat(mostLines))).isEqualTo(302);
        assertThat(byForm("Title", letter.repeat(mostLines + 1))).isEqualTo(422);
        assertThat(status("/tasks?q=" + encoded(letter.repeat(most)))).isEqualTo(200);
        assertThat(status("/tasks?q=" + encoded(letter.repeat(most + 1)))).isEqualTo(400);
        assertThat(api.get(anna, "/api/tasks?q=" + encoded(letter.repeat(most))).status()).isEqualTo(200);
        assertThat(api.get(anna, "/api/tasks?q=" + encoded(letter.repeat(most + 1))).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void line_break_is_one_character(String end) {
        var most = ("x" + end).repeat(4_999) + "xy";
        assertThat(bySending("Title", most)).isEqualTo(201);
        assertThat(byForm("Title", most)).isEqualTo(302);
        assertThat(bySending("Title", most + "z")).isEqualTo(422);
        assertThat(byForm("Title", most + "z")).isEqualTo(422);
        assertThat(db.sql("select distinct description from tasks").query(String.class).list())
                .containsExactly(("x\n").repeat(4_999) + "xy");
    }

    @Test
    void no_field_truncates_typed_text() {
        assertThat(Stream.of("/tasks", "/tasks/new").map(this::page)).noneMatch(page -> page.contains("maxlength"));
    }

    /** The text, its lower case and its upper case, each composed and decomposed. */
    private static List<String> forms(String text) {
        return Stream.of(text, text.toLowerCase(Locale.ROOT), text.toUpperCase(Locale.ROOT))
                .flatMap(each -> Stream.of(Form.NFC, Form.NFD).map(form -> Normalizer.normalize(each, form)))
                .distinct().toList();
    }

    /** Words of letters of every script that has small letters and capitals, or letters that are composed. */
    private static List<String> titles() {
        var letters = new TreeMap<Character.UnicodeScript, List<String>>();
        IntStream.rangeClosed(0x80, Character.MAX_CODE_POINT).filter(Character::isLetter).mapToObj(Character::toString)
                .filter(letter -> forms(letter).size() > 1)
                .forEach(letter -> letters.computeIfAbsent(Character.UnicodeScript.of(letter.codePointAt(0)),
                        _ -> new ArrayList<>()).add(letter));
        assertThat(letters).hasSizeGreaterThan(20);
        var random = new Random(14);
        var scripts = List.copyOf(letters.values());
        return IntStream.range(0, TITLES).mapToObj(i -> {
            var script = scripts.get(i % scripts.size());
            return i + " " + IntStream.range(0, 6).mapToObj(_ -> script.get(random.nextInt(script.size())))
                    .collect(joining());
        }).toList();
    }

    private UUID created(String title) {
        var answer = api.post(anna, "/api/tasks", JSON.writeValueAsString(Map.of("title", title)));
        assertThat(answer.status()).as(title).isEqualTo(201);
        return UUID.fromString(answer.text("id"));
    }

    private Set<UUID> found(String text) {
        var ids = new LinkedHashSet<UUID>();
        api.get(anna, "/api/tasks?limit=200&q=" + encoded(text)).body().path("items")
                .forEach(task -> ids.add(UUID.fromString(task.path("id").asString())));
        return ids;
    }

    private int bySending(String title, String description) {
        return api.post(anna, "/api/tasks",
                JSON.writeValueAsString(Map.of("title", title, "description", description))).status();
    }

    private int byForm(String title, String description) {
        var csrf = CSRF.matcher(page("/tasks/new"));
        assertThat(csrf.find()).isTrue();
        return send(request("/tasks").header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("_csrf=%s&title=%s&description=%s".formatted(encoded(csrf.group(1)),
                        encoded(title), encoded(description)))))
                .statusCode();
    }

    private int status(String path) {
        return send(request(path)).statusCode();
    }

    private String page(String path) {
        var answer = send(request(path));
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return api.request(path).header("Cookie", cookie).header("Accept", "text/html");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
