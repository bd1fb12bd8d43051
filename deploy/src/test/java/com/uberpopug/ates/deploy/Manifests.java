package com.uberpopug.ates.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The objects of an installation. */
record Manifests(List<JsonNode> objects) {

    static final Path KUBERNETES = Path.of("kubernetes");

    private static final JsonMapper JSON = new JsonMapper();

    /** The objects as they stand in the files, those of the operators among them. */
    static Manifests ofFiles() {
        return new Manifests(Stream.of("overlays/example", "operators")
                .flatMap(directory -> kustomization(KUBERNETES.resolve(directory))).toList());
    }

    static Manifests of(String yaml) {
        return new Manifests(documents(yaml).toList());
    }

    /** What Kustomize would read: the resources, and a ConfigMap for each generator. */
    private static Stream<JsonNode> kustomization(Path directory) {
        var kustomization = documents(read(directory.resolve("kustomization.yaml"))).findFirst().orElseThrow();
        var resources = elements(kustomization.path("resources")).map(name -> directory.resolve(name.stringValue()))
                .flatMap(path -> Files.isDirectory(path) ? kustomization(path) : documents(read(path)));
        var maps = elements(kustomization.path("configMapGenerator")).<JsonNode>map(generator -> JSON.valueToTree(
                Map.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                        Map.of("name", generator.at("/name").stringValue()), "data",
                        elements(generator.path("envs"))
                                .flatMap(file -> read(directory.resolve(file.stringValue())).lines())
                                .map(line -> line.split("=", 2))
                                .collect(Collectors.toMap(line -> line[0], line -> line[1])))));
        return Stream.concat(resources, maps);
    }

    private static Stream<JsonNode> documents(String yaml) {
        return StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false).map(JSON::valueToTree);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return array.valueStream();
    }

    Stream<JsonNode> all(String kind) {
        return objects.stream().filter(object -> object.path("kind").asString().equals(kind));
    }

    /** Deployments and Jobs. */
    Stream<JsonNode> workloads() {
        return Stream.concat(all("Deployment"), all("Job"));
    }

    /** Such as {@code Deployment/tasks-service}. */
    static String name(JsonNode object) {
        return object.path("kind").asString() + "/" + object.at("/metadata/name").asString();
    }

    JsonNode get(String name) {
        return objects.stream().filter(object -> name(object).equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    Manifests copy() {
        return new Manifests(objects.stream().map(JsonNode::deepCopy).collect(Collectors.toList()));
    }
}
