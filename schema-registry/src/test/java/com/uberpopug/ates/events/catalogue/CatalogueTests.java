package com.uberpopug.ates.events.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is made of the contract. {@code schema-registry/document} runs this with {@code -Ddocument=true}. */
class CatalogueTests {

    private static final Path DOCUMENTS = Path.of("../docs/events");

    private final Contract contract = Contract.read(Path.of(""));

    @Test
    void documents_are_up_to_date() throws IOException {
        var generated = documents();
        if (Boolean.getBoolean("document")) {
            for (var file : written()) {
                Files.delete(DOCUMENTS.resolve(file));
            }
            for (var file : generated.entrySet()) {
                Files.writeString(DOCUMENTS.resolve(file.getKey()), file.getValue());
            }
        }
        assertThat(written()).as("the generated files; schema-registry/document writes them anew")
                .containsExactlyInAnyOrderElementsOf(generated.keySet());
        for (var file : generated.entrySet()) {
            assertThat(Files.readString(DOCUMENTS.resolve(file.getKey())))
                    .as("docs/events/%s is out of date; schema-registry/document writes it anew", file.getKey())
                    .isEqualTo(file.getValue());
        }
    }

    private SortedMap<String, String> documents() {
        var files = new TreeMap<String, String>();
        var pages = new EventPages(contract);
        pages.events().forEach(page -> files.put(page.name() + ".md", Markdown.of(page)));
        files.put("CATALOGUE.md", Markdown.of(pages.index("CATALOGUE")));
        files.put("asyncapi.json", AsyncApi.of(contract));
        return files;
    }

    /** The generated files that are there, also those of events that are gone. */
    private static List<String> written() throws IOException {
        try (var files = Files.list(DOCUMENTS)) {
            return files.filter(file -> file.endsWith("asyncapi.json") || isGenerated(file))
                    .map(file -> file.getFileName().toString()).toList();
        }
    }

    private static boolean isGenerated(Path file) {
        try {
            return Files.isRegularFile(file) && Files.readString(file).startsWith(Markdown.MARK);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @Test
    void asyncapi_document_is_valid_and_complete() throws IOException {
        var document = Json.parse(AsyncApi.of(contract));

        assertThat(violations(document)).isEmpty();
        assertThat(document.at("/components/messages").propertyNames()).hasSize(contract.versions().size() + 1)
                .contains("Tasks.Created.v1", "Tasks.Created.v2", "Users.Erased");
        assertThat(document.at("/channels").propertyNames())
                .containsExactlyElementsOf(contract.topics().stream().map(topic -> topic.name()).sorted().toList());
        references(document).forEach(reference -> assertThat(document.at(reference.substring(1)).isMissingNode())
                .as(reference).isFalse());
    }

    private static List<String> references(JsonNode document) {
        return document.findValuesAsString("$ref");
    }

    @ParameterizedTest
    @CsvSource({"'', asyncapi", "/channels/ates.tasks/bindings/kafka, partitions", "/info, title",
            "/operations/tasks-service.sends.ates.tasks, action",
            "/components/messages/Tasks.Created.v1/payload/schema, name",
            "/components/messages/Tasks.Created.v1/correlationId, location"})
    void damaged_asyncapi_document_is_invalid(String path, String field) throws IOException {
        var document = Json.parse(AsyncApi.of(contract));
        ((ObjectNode) document.at(path)).put(field, -1);

        assertThat(violations(document)).isNotEmpty();
    }

    /** By AsyncAPI's own schema. The validator takes real top-level domains only. */
    private static List<String> violations(JsonNode given) throws IOException {
        var document = Json.parse(given.toString().replace("@uberpopug.example", "@uberpopug.org"));
        try (var schema = CatalogueTests.class.getResourceAsStream("/asyncapi/3.0.0.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(schema).validate(document)
                    .stream().map(Object::toString).toList();
        }
    }

    @Test
    void example_is_shown_with_all_of_its_golden_bytes() {
        for (var version : contract.versions()) {
            for (var hex : contract.golden().get(version.goldenFile())) {
                var example = Example.of(contract.schema(version), hex);

                assertThat(example.hex()).isEqualTo(hex);
                assertThat(example.hexByField().lines().map(line -> line.split(" ")[0]).toList()).isNotEmpty()
                        .satisfies(lines -> assertThat(String.join("", lines)).isEqualTo(hex));
                assertThat(example.json().propertyNames()).hasSize(contract.schema(version).getFields().size());
            }
        }
    }

    @Test
    void example_has_the_headers_of_its_version() {
        var version = contract.versions("Tasks.Created").getLast();
        var example = Example.of(contract.schema(version), contract.golden().get(version.goldenFile()).getFirst());

        assertThat(example.headers(version, contract.topic(version.topic()).orElseThrow(), List.of(2, 1)))
                .containsEntry("ce_type", "Tasks.Created").containsEntry("ce_dataversions", "1,2")
                .containsEntry("ce_dataschema", "https://ates.uberpopug.example/events/Tasks.Created/v1")
                .containsEntry("ce_subject", example.json().path("task_id").asString())
                .containsEntry("ce_time", "2026-11-22T23:59:59.999999Z")
                .containsEntry("ce_source", "https://localhost/ates/tasks-service")
                .containsOnlyKeys(Headers.ALL.stream().map(Headers.Header::name).toList());
        assertThat(Example.headersOfErasure(Catalogue.ERASURE, contract.topic("ates.users").orElseThrow()))
                .containsEntry("ce_type", "Users.Erased")
                .doesNotContainKeys("ce_dataschema", "ce_dataversions", "content-type");
    }

    @Test
    void site_is_well_formed_and_its_links_lead_to_its_files(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("Tasks.Forgotten.html"), "of an earlier version");
        Site.write(contract, directory);

        try (var files = Files.list(directory)) {
            var pages = files.filter(file -> file.toString().endsWith(".html")).toList();
            assertThat(pages).hasSize(contract.types().size() + 2);
            for (var page : pages) {
                var links = xml(Files.readString(page)).getElementsByTagName("a");
                assertThat(links.getLength()).isPositive();
                for (int i = 0; i < links.getLength(); i++) {
                    assertThat(directory.resolve(((Element) links.item(i)).getAttribute("href"))).exists();
                }
            }
        }
    }

    @Test
    void text_of_a_schema_is_never_markup() throws Exception {
        var hostile = "<script>alert(1)</script> & \"' `x` [a](b) a|b */ \\";
        var page = new Page("x", hostile, List.of(new Page.Heading(hostile),
                new Page.Paragraph(
                        List.of(new Page.Text(hostile), new Page.Code(hostile), new Page.ToPage(hostile, hostile),
                                new Page.ToFile(hostile, hostile))),
                new Page.Table(List.of(hostile), List.of(List.of(Page.prose(hostile, List.of())))),
                new Page.Listing("", hostile)));

        var html = xml(Html.of(page));

        assertThat(html.getElementsByTagName("script").getLength()).isZero();
        assertThat(html.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo(hostile);
        assertThat(html.getElementsByTagName("pre").item(0).getTextContent()).isEqualTo(hostile);
        assertThat(html.getElementsByTagName("td").item(0).getTextContent()).isEqualTo(hostile);
        assertThat(Markdown.of(page))
                .contains("# \\<script\\>alert(1)\\</script\\> \\& \"' \\`x\\` \\[a\\](b) a\\|b \\*/ \\\\\n");
    }

    private static Document xml(String html) throws Exception {
        var withoutType = html.replaceFirst("<!DOCTYPE html>", "");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(withoutType.strip())));
    }
}
