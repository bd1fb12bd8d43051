package com.uberpopug.ates.deploy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an API server would refuse in an object, or drop: wrong types, missing fields and unknown ones. Kubernetes'
 * schemas are the classes of its Java client, Strimzi's come from its own generator. CloudNativePG's are on npm only:
 * {@code .ci/lint} checks them.
 */
final class ApiSchemas {

    private static final String CLOUDNATIVE_PG = "postgresql.cnpg.io/v1 Cluster";

    private static final Map<String, Class<?>> KUBERNETES = Map.of("apps/v1 Deployment", V1Deployment.class,
            "batch/v1 Job", V1Job.class, "v1 Service", V1Service.class, "v1 ConfigMap", V1ConfigMap.class,
            "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget.class, "networking.k8s.io/v1 NetworkPolicy",
            V1NetworkPolicy.class, "networking.k8s.io/v1 Ingress", V1Ingress.class);

    private static final List<String> STRIMZI = List.of("kafka.Kafka", "nodepool.KafkaNodePool", "user.KafkaUser");

    private static final List<String> NOT_OF_JSON_SCHEMA = List.of("example", "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-int-or-string", "x-kubernetes-validations");

    private final Map<String, Schema> strimzi = new HashMap<>();

    /** @param directory for Strimzi's schemas */
    ApiSchemas(Path directory) throws IOException, InterruptedException {
        var command = Stream.concat(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        Path.of("target", "strimzi") + "/*", "io.strimzi.crdgenerator.CrdGenerator", "--yaml"),
                STRIMZI.stream().map(type -> "io.strimzi.api.kafka.model." + type + "=" + directory.resolve(type)));
        int code = new ProcessBuilder(command.toList()).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IllegalStateException("Strimzi's generator of schemas ended with " + code);
        }
        var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4);
        for (var type : STRIMZI) {
            var definition = Manifests.of(Files.readString(directory.resolve(type))).objects().getFirst().path("spec");
            for (var version : definition.path("versions")) {
                var schema = version.at("/schema/openAPIV3Schema");
                close(schema);
                strimzi.put(definition.path("group").asString() + "/" + version.path("name").asString() + " "
                        + definition.at("/names/kind").asString(), registry.getSchema(schema.toString()));
            }
        }
    }

    /** An API server drops fields that a schema does not name. */
    private static void close(JsonNode schema) {
        schema.forEach(ApiSchemas::close);
        if (schema instanceof ObjectNode object) {
            if (object.path("properties").isObject() && !object.has("x-kubernetes-preserve-unknown-fields")) {
                object.put("additionalProperties", false);
            }
            object.remove(NOT_OF_JSON_SCHEMA);
        }
    }

    Stream<String> violations(JsonNode object) {
        var type = object.path("apiVersion").asString() + " " + object.path("kind").asString();
        if (type.equals(CLOUDNATIVE_PG)) {
            return Stream.empty();
        }
        if (strimzi.containsKey(type)) {
            return strimzi.get(type).validate(object).stream().map(Object::toString);
        }
        return KUBERNETES.containsKey(type)
                ? kubernetes(KUBERNETES.get(type), object)
                : Stream.of("no API has " + type);
    }

    private static Stream<String> kubernetes(Class<?> type, JsonNode object) {
        var json = JsonParser.parseString(object.toString());
        try {
            type.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
            // The client takes "2" for 2, which a server does not.
            var read = new JsonMapper()
                    .readTree(JSON.getGson().toJson(JSON.getGson().fromJson(json, type)));
            return withoutEmpty(read).equals(withoutEmpty(object.deepCopy()))
                    ? Stream.empty()
                    : Stream.of("wrong types: it is read as " + read);
        } catch (InvocationTargetException e) {
            return Stream.of(String.valueOf(e.getCause()));
        } catch (JsonParseException | IllegalArgumentException e) {
            return Stream.of(e.toString());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }

    /** The client reads a missing list as an empty one. */
    private static JsonNode withoutEmpty(JsonNode node) {
        node.forEach(ApiSchemas::withoutEmpty);
        if (node instanceof ObjectNode object) {
            object.removeIf(each -> each.isContainer() && each.isEmpty());
        }
        return node;
    }
}
