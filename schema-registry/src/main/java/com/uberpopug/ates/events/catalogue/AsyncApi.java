package com.uberpopug.ates.events.catalogue;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.Topics.Topic;
import com.uberpopug.ates.events.catalogue.Catalogue.Erasure;
import com.uberpopug.ates.events.catalogue.Contract.Version;
import com.uberpopug.ates.events.serde.Envelope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The contract as an AsyncAPI document: topics are channels, versions of events are messages, and each service sends to
 * its topics and receives from those that it may read.
 *
 * @see <a href="https://www.asyncapi.com/docs/reference/specification/v3.0.0">AsyncAPI 3.0.0</a>
 */
final class AsyncApi {

    private static final String KAFKA_BINDING = "0.5.0";
    private static final String AVRO = "application/vnd.apache.avro;version=1.9.0";

    private final Contract contract;
    private final List<Topic> topics;

    private AsyncApi(Contract contract) {
        this.contract = contract;
        topics = contract.topics().stream().sorted(Comparator.comparing(Topic::name)).toList();
    }

    static String of(Contract contract) {
        return Json.write(new AsyncApi(contract).document()) + "\n";
    }

    private ObjectNode document() {
        var document = Json.object().put("asyncapi", "3.0.0");
        document.putObject("info").put("title", "Events of aTES, the Awesome Task Exchange System")
                .put("version", "1.0.0")
                .put("description",
                        "What happened, for programs of other teams. What is promised, and what is not, is in "
                                + "docs/events/README.md. Generated from the contract by schema-registry/document.")
                .putObject("contact").put("email", "events@uberpopug.example");
        var server = document.putObject("servers").putObject("local-stack").put("host", "localhost:9092")
                .put("protocol", "kafka")
                .put("description", "The system that ./ates up starts; ./ates kafka-client prints the sign-in.");
        server.putArray("security").addObject().put("$ref", "#/components/securitySchemes/plain");
        server.putObject("bindings").putObject("kafka")
                .put("schemaRegistryUrl", "http://localhost:8081/apis/ccompat/v7")
                .put("schemaRegistryVendor", "confluent").put("bindingVersion", KAFKA_BINDING);
        document.put("defaultContentType", Headers.AVRO);
        var channels = document.putObject("channels");
        topics.forEach(topic -> channels.set(topic.name(), channel(topic)));
        var operations = document.putObject("operations");
        topics.forEach(topic -> {
            topic.writers().stream().sorted().forEach(writer -> operations.set(writer + ".sends." + topic.name(),
                    operation("send", writer + " announces.", topic)));
            EventPages.readers(topic).forEach(reader -> operations.set(reader + ".receives." + topic.name(),
                    operation("receive", reader + " may read.", topic)));
        });
        var components = document.putObject("components");
        var messages = components.putObject("messages");
        for (var type : contract.types()) {
            contract.versions(type).reversed().forEach(version -> messages.set(name(version), message(version)));
        }
        messages.set(Catalogue.ERASURE.type(), message(Catalogue.ERASURE));
        components.putObject("schemas").set("Headers", headers());
        components.putObject("securitySchemes").putObject("plain").put("type", "plain")
                .put("description", "SASL PLAIN, with a name and a password; the registry takes the same two.");
        return document;
    }

    private static String name(Version version) {
        return "%s.v%d".formatted(version.type(), version.number());
    }

    private List<String> messages(Topic topic) {
        var names = new ArrayList<String>();
        for (var type : contract.types()) {
            contract.versions(type).reversed().stream().filter(version -> version.topic().equals(topic.name()))
                    .map(AsyncApi::name).forEach(names::add);
        }
        if (Catalogue.ERASURE.topic().equals(topic.name())) {
            names.add(Catalogue.ERASURE.type());
        }
        return names;
    }

    private ObjectNode channel(Topic topic) {
        var channel = Json.object().put("address", topic.name())
                .put("description", "Key: %s. Kept: %s.".formatted(EventPages.key(topic), EventPages.kept(topic)));
        var messages = channel.putObject("messages");
        messages(topic).forEach(name -> messages.putObject(name).put("$ref", "#/components/messages/" + name));
        var kafka = channel.putObject("bindings").putObject("kafka").put("topic", topic.name())
                .put("partitions", Topics.PARTITIONS);
        var settings = kafka.putObject("topicConfiguration");
        topic.settings().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(setting -> {
            if (setting.getKey().equals("cleanup.policy")) {
                settings.putArray(setting.getKey()).add(setting.getValue());
            } else if (setting.getValue().matches("-?\\d+")) {
                settings.put(setting.getKey(), Long.parseLong(setting.getValue()));
            } else {
                settings.put(setting.getKey(), setting.getValue());
            }
        });
        kafka.put("bindingVersion", KAFKA_BINDING);
        return channel;
    }

    private ObjectNode operation(String action, String summary, Topic topic) {
        var operation = Json.object().put("action", action);
        operation.putObject("channel").put("$ref", "#/channels/" + topic.name());
        operation.put("summary", summary);
        var messages = operation.putArray("messages");
        messages(topic).forEach(name -> messages.addObject()
                .put("$ref", "#/channels/%s/messages/%s".formatted(topic.name(), name)));
        return operation;
    }

    private ObjectNode message(Version version) {
        var schema = contract.schema(version);
        var entry = Objects.requireNonNull(contract.entries().get(version.type()), version::type);
        var message = Json.object().put("name", version.type()).put("title", version.title())
                .put("summary", schema.getDoc()).put("description", entry.when())
                .put("contentType", Headers.AVRO);
        ofOne(message.putObject("headers").putArray("allOf"), Map.of(Envelope.TYPE, version.type(),
                Envelope.DATA_SCHEMA, version.dataSchema(), Envelope.CONTENT_TYPE, Headers.AVRO), List.of());
        message.putObject("payload").put("schemaFormat", AVRO).set("schema", Json.parse(contract.text(version)));
        common(message, schema);
        var examples = message.putArray("examples");
        var published = contract.versions(version.type()).stream().map(Version::number).toList();
        for (var hex : contract.golden().getOrDefault(version.goldenFile(), List.of())) {
            var example = Example.of(schema, hex);
            var shown = examples.addObject();
            example.headers(version, topic(version.topic()), published).forEach(shown.putObject("headers")::put);
            shown.set("payload", example.json());
        }
        return message;
    }

    private ObjectNode message(Erasure erasure) {
        var message = Json.object().put("name", erasure.type()).put("title", erasure.type())
                .put("summary", erasure.meaning()).put("description", erasure.when());
        ofOne(message.putObject("headers").putArray("allOf"), Map.of(Envelope.TYPE, erasure.type()),
                Headers.OF_A_VALUE);
        message.putObject("payload").put("type", "null");
        common(message, null);
        var example = message.putArray("examples").addObject();
        Example.headersOfErasure(erasure, topic(erasure.topic())).forEach(example.putObject("headers")::put);
        example.putNull("payload");
        return message;
    }

    private static void ofOne(ArrayNode all, Map<String, String> constants, List<String> missing) {
        all.addObject().put("$ref", "#/components/schemas/Headers");
        var own = all.addObject();
        var properties = own.putObject("properties");
        Headers.sorted(constants).forEach((name, value) -> properties.putObject(name).put("const", value));
        missing.forEach(name -> properties.put(name, false));
        if (missing.isEmpty()) {
            Headers.OF_A_VALUE.forEach(own.putArray("required")::add);
        }
    }

    /** What follows from the key, and where the id of the fact is. */
    private static void common(ObjectNode message, @Nullable Schema schema) {
        message.putObject("correlationId").put("location", "$message.header#/" + Envelope.FACT_ID)
                .put("description", "Which fact it is, in each of its versions.");
        var kafka = message.putObject("bindings").putObject("kafka");
        var key = kafka.putObject("key").put("type", "string");
        var field = schema == null ? null : Contract.key(schema);
        var type = field == null ? "uuid" : Fields.type(field.schema());
        if (!type.equals("string")) {
            key.put("format", type);
        }
        if (schema != null) {
            kafka.put("schemaIdLocation", "payload").put("schemaIdPayloadEncoding", "confluent")
                    .put("schemaLookupStrategy", "TopicRecordNameStrategy");
        }
        kafka.put("bindingVersion", KAFKA_BINDING);
    }

    private Topic topic(String name) {
        return contract.topic(name).orElseThrow();
    }

    private static ObjectNode headers() {
        var schema = Json.object().put("type", "object");
        var required = schema.putArray("required");
        Headers.ALL.stream().filter(Headers.Header::always).map(Headers.Header::name)
                .filter(name -> !Headers.OF_A_VALUE.contains(name)).forEach(required::add);
        var properties = schema.putObject("properties");
        Headers.ALL.forEach(header -> properties.putObject(header.name()).put("type", "string")
                .put("description", header.meaning()));
        return schema;
    }
}
