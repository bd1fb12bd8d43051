package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.localstack.parts.CatalogueSite;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Part;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The documentation of the events, as the local stack serves it. */
@OfLocalStack
class CatalogueSiteTests {

    private static final Path HOME = LocalStackFiles.repository().resolve("acceptance-tests/target/catalogue");
    private static final CatalogueSite SITE = new CatalogueSite(HOME, 0);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        SITE.start();
    }

    @AfterAll
    static void stop() {
        SITE.close();
        CLIENT.close();
    }

    @Test
    void list_of_events_leads_to_the_page_of_each() throws Exception {
        assertThat(get("/").body()).contains("<a href=\"Tasks.Created.html\">Tasks.Created</a>");
        assertThat(get("/Tasks.Created.html").body()).contains("<code>jira_id</code>", "Version 1");
        assertThat(get("/asyncapi.json").body()).startsWith("{\n  \"asyncapi\": \"3.0.0\"");
    }

    @Test
    void nothing_beside_the_site_is_served() throws Exception {
        assertThat(HOME.resolve("pid/catalogue")).exists();
        assertThat(get("/../pid/catalogue").statusCode()).isEqualTo(404);
        assertThat(get("/%2e%2e/pid/catalogue").statusCode()).isEqualTo(404);
    }

    @Test
    void site_that_was_killed_starts_again() throws Exception {
        SITE.kill();
        SITE.start();

        assertThat(SITE.health()).isEqualTo(Part.HEALTHY);
        assertThat(get("/Users.Erased.html").statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(SITE.address() + path)).build(), BodyHandlers.ofString());
    }
}
