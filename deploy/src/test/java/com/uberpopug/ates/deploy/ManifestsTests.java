package com.uberpopug.ates.deploy;

import static com.uberpopug.ates.deploy.Manifests.KUBERNETES;
import static com.uberpopug.ates.deploy.Manifests.elements;
import static com.uberpopug.ates.deploy.Manifests.name;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.platform.events.MigrationStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class ManifestsTests {

    private static final Path ROOT = Path.of("..");
    private static final Manifests FILES = Manifests.ofFiles();

    private static ApiSchemas schemas;
    private static KnownProperties properties;

    @BeforeAll
    static void read(@TempDir Path directory) throws IOException, InterruptedException {
        schemas = new ApiSchemas(directory);
        properties = new KnownProperties(ROOT);
    }

    @Test
    void manifests_match_the_schemas_of_their_apis_the_rules_and_the_application() {
        assertThat(FILES.objects()).hasSizeGreaterThan(50);
        assertThat(findings(FILES)).isEmpty();
    }

    @Test
    void output_of_kustomize_matches_the_schemas_and_rules() throws IOException, InterruptedException {
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).map(each -> Path.of(each, "kubectl"))
                .anyMatch(Files::isExecutable), "there is no kubectl");
        var build = new ProcessBuilder("kubectl", "kustomize", KUBERNETES.resolve("overlays/example").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var built = Manifests.of(new String(build.getInputStream().readAllBytes()));

        assertThat(build.waitFor()).isZero();
        assertThat(findings(built)).isEmpty();
        assertThat(built.objects()).extracting(object -> object.at("/metadata/namespace").asString())
                .containsOnly("ates");
        assertThat(built.workloads().flatMap(each -> elements(each.at("/spec/template/spec/containers")))
                .map(container -> container.path("image").asString()).filter(image -> image.contains("/ates/")))
                .hasSize(9).allMatch(image -> image.endsWith(":v1.0.0"));
    }

    @Test
    void each_file_is_part_of_a_kustomization() throws IOException {
        try (var files = Files.walk(KUBERNETES)) {
            assertThat(files.filter(file -> file.toString().matches(".*\\.(yaml|env)"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .filter(file -> !Manifests.read(file.resolveSibling("kustomization.yaml"))
                            .contains(file.getFileName().toString())))
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}{1}={2}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            Deployment/tasks-service | /spec/template/spec/containers/0/imagePullPolicie            | "Always"       | imagePullPolicie
            Deployment/tasks-service | /spec/replica                                                 | 2              | replica
            Deployment/tasks-service | /spec/template/spec/containers/0/livenessProbe/httpGet/paths  | "/"            | paths
            Deployment/tasks-service | /spec/replicas                                                | "2"            | wrong types
            Deployment/tasks-service | /spec/template/spec/containers/0/ports/0/containerPort        | "http"         | NumberFormat
            Deployment/tasks-service | /metadata/labels/tier                                         | 1              | wrong types
            Deployment/tasks-service | /spec/selector                                                | -              | selector
            Deployment/tasks-service | /spec/template                                                | -              | template
            Deployment/tasks-service | /apiVersion                                                   | "apps/v1beta1" | no API has
            Deployment/tasks-service | /kind                                                         | "Deploiment"   | no API has
            Deployment/tasks-service | /spec/template/spec/containers/0/image                        | "ates/tasks"   | an image with a version
            Deployment/tasks-service | /spec/template/spec/containers/0/image                        | "a/b:latest"   | an image with a version
            Deployment/tasks-service | /spec/template/spec/containers/0/env/0/name                   | "A_PASSWORD"   | a secret's value
            Deployment/tasks-service | /spec/template/spec/containers/0/readinessProbe               | -              | readinessProbe
            Deployment/tasks-service | /spec/template/spec/containers/0/startupProbe                 | -              | startupProbe
            Deployment/tasks-service | /spec/template/spec/containers/0/livenessProbe                | -              | livenessProbe
            Deployment/tasks-service | /spec/template/spec/containers/0/resources/limits             | -              | a limit of memory
            Deployment/tasks-service | /spec/template/spec/containers/0/securityContext              | -              | a read-only root file system
            Deployment/tasks-service | /spec/template/spec/containers/0/securityContext/capabilities/add | ["NET_RAW"] | no capabilities
            Deployment/tasks-service | /spec/template/spec/containers/0/lifecycle                    | -              | time to stop
            Deployment/tasks-service | /spec/template/spec/terminationGracePeriodSeconds             | 30             | time to stop
            Deployment/tasks-service | /spec/template/spec/automountServiceAccountToken              | -              | no token of the API
            Deployment/tasks-service | /spec/template/spec/securityContext                           | -              | runAsNonRoot
            Deployment/tasks-service | /spec/template/spec/topologySpreadConstraints                 | -              | on several nodes
            Deployment/tasks-service | /spec/strategy                                                | -              | maxUnavailable 0
            Deployment/tasks-service | /spec/replicas                                                | 1              | two instances
            Deployment/tasks-service | /spec/template/spec/volumes/1/projected/sources/0/secret/name | "tasks-database-owner" | the owner's password
            PodDisruptionBudget/tasks-service | /spec/selector/matchLabels/app.kubernetes.io~1name   | "other"        | a PodDisruptionBudget
            PodDisruptionBudget/tasks-service | /spec/maxUnavailible                                 | 1              | maxUnavailible
            Service/tasks-service       | /spec/selector/app.kubernetes.io~1name                     | "other"        | a Service
            NetworkPolicy/tasks-service | /spec/podSelector/matchLabels/app.kubernetes.io~1name      | "other"        | a NetworkPolicy of its own
            NetworkPolicy/names-only    | /spec/podSelector/matchLabels/app.kubernetes.io~1part-of   | "other"        | denies the rest
            NetworkPolicy/names-only    | /spec/ingress                                              | [{}]           | denies the rest
            NetworkPolicy/tasks-service | /spec/egress/0/port                                        | 1              | port
            Job/tasks-migrations | /spec/template/spec/containers/0/arg                              | ["migrate"]    | arg
            Job/tasks-migrations | /spec/template                                                    | -              | template
            Deployment/tasks-service | /spec/template/spec/containers/0/readinessProbe/httpGet/path  | "/actuator/health/redy" | no health at
            Deployment/tasks-service | /spec/template/spec/containers/0/ports/0/containerPort        | 8090           | port 8090
            Deployment/tasks-service | /spec/template/spec/containers/0/env/0/name                   | "SPRING_DATASOURCE_URI" | no service reads
            Deployment/tasks-service | /spec/template/spec/volumes/1/projected/sources/0/secret/items/0/path | "ates.client-secrets" | no service reads
            ConfigMap/ates           | /data/ATES_SERVICES_TASK                                      | "x"            | no service reads
            Job/tasks-migrations | /spec/template/spec/containers/0/args/0                           | "migration"    | the step is
            Job/tasks-migrations | /spec/template/spec/containers/0/image                            | "ates/tasks-service:1.0.1" | of another image
            Job/tasks-migrations | /spec/template/spec/volumes/1/projected/sources/0/secret/name     | "tasks-database-service" | the owner's password
            ConfigMap/ates       | /data/SPRING_DATASOURCE_PASSWORD                                  | "x"            | a secret's value
            ConfigMap/ates       | /kind                                                             | "Secret"       | a secret's value
            ConfigMap/ates       | /metadata/name                                                    | "other"        | a ConfigMap called ates
            Ingress/ates         | /spec/tls/0/hosts/0                                               | "other"        | TLS of
            Ingress/ates         | /spec/rules/0/http/paths/1                                        | -              | no /actuator
            Ingress/ates         | /spec/rules/0/http/paths/0/backend/service/name                   | "other"        | a Service called other
            Ingress/ates         | /spec/rules/0/http/paths/0/pathType                               | -              | pathType
            Kafka/kafka          | /spec/kafka/listener                                              | []             | listener
            Kafka/kafka          | /spec/kafka/listeners/0/port                                      | "9093"         | port
            Kafka/kafka          | /spec/kafka/listeners/0/tls                                       | -              | tls
            Kafka/kafka          | /spec/kafka/authorization/type                                    | "none"         | type
            Kafka/kafka          | /apiVersion                                                       | "kafka.strimzi.io/v1beta2" | no API has
            KafkaNodePool/brokers | /spec/roles                                                      | -              | roles
            KafkaNodePool/brokers | /spec/roles/0                                                    | "voter"        | roles
            KafkaUser/auth-service | /spec/authentication/passwort                                   | {}             | passwort
            """)
    void mistake_is_found(String object, String pointer, String value, String finding) {
        var manifests = FILES.copy();
        change(manifests.get(object), JsonPointer.compile(pointer), value);
        assertThat(findings(manifests)).anyMatch(each -> each.contains(finding) && each.contains("/"));
    }

    /** Laid out as the kubelet does it: links to files in a directory that a new version replaces. */
    @Test
    void files_of_secrets_are_read_as_properties(@TempDir Path mount) throws IOException {
        var version = Files.createDirectory(mount.resolve("..2026"));
        Files.createSymbolicLink(mount.resolve("..data"), version.getFileName());
        var files = FILES.workloads().flatMap(ManifestsTests::files).collect(toSet());
        for (var file : files) {
            Files.writeString(version.resolve(file), "value of " + file);
            Files.createSymbolicLink(mount.resolve(file), Path.of("..data", file));
        }
        var application = new SpringApplication(Nothing.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (var context = application.run("--spring.config.import="
                + FILES.get("ConfigMap/ates").at("/data/SPRING_CONFIG_IMPORT").asString()
                        .replace("/run/properties", mount.toString()))) {
            assertThat(files).hasSizeGreaterThan(10).allSatisfy(
                    file -> assertThat(context.getEnvironment().getProperty(file)).isEqualTo("value of " + file));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {
    }

    @Test
    void every_service_is_deployed_in_an_image_that_a_release_publishes() throws IOException {
        try (var directories = Files.list(ROOT)) {
            assertThat(FILES.all("Deployment").map(each -> each.at("/metadata/name").asString()))
                    .containsAll(directories.map(directory -> directory.getFileName().toString())
                            .filter(directory -> directory.endsWith("-service")).toList());
        }
        var published = elements(yaml(".github/workflows/release.yml").at("/jobs/images/strategy/matrix/include"))
                .map(each -> "ates/" + each.path("image").asString() + ":1.0.0").collect(toSet());
        assertThat(FILES.workloads().map(each -> each.at("/spec/template/spec/containers/0/image").asString())
                .filter(image -> image.startsWith("ates/"))).hasSize(9).allMatch(published::contains);
    }

    @Test
    void users_of_kafka_are_the_principals_of_the_contract_and_the_administrator() {
        assertThat(FILES.all("KafkaUser").map(user -> user.at("/metadata/name").asString()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Topics.principals().stream(), Stream.of("admin")).toList());
    }

    /** As psql would run it for a service, apart from what CloudNativePG does itself. */
    @Test
    void rights_in_the_databases_are_those_of_the_local_stack() {
        var sql = Manifests.read(ROOT.resolve(
                "local-stack/src/main/resources/com/uberpopug/ates/localstack/parts/database.sql"));
        FILES.all("Cluster").filter(each -> !name(each).equals("Cluster/registry-database")).forEach(cluster -> {
            var database = cluster.at("/spec/bootstrap/initdb/database").asString();
            var expected = sql.replace(":\"database\"", database).replace(":\"owner\"", database + "_owner")
                    .replace(":\"service\"", database + "_service").replaceAll("\\s+", " ");
            assertThat(elements(cluster.at("/spec/bootstrap/initdb/postInitApplicationSQL")).map(JsonNode::asString))
                    .hasSize(5).allMatch(statement -> expected.contains(statement + ";"));
        });
    }

    @Test
    void secrets_are_listed_in_the_readme_with_their_keys() {
        var readme = Manifests.read(KUBERNETES.resolve("README.md"));
        assertThat(FILES.objects().stream()
                .flatMap(object -> Stream.concat(Rules.secrets(object), object.findValues("key").stream()
                        .map(JsonNode::asString).filter(key -> !key.isEmpty())))
                .filter(name -> !readme.contains("`" + name + "`"))).isEmpty();
    }

    private static List<String> findings(Manifests manifests) {
        var violations = manifests.objects().stream()
                .flatMap(object -> schemas.violations(object).map(each -> name(object) + ": " + each));
        var unknown = manifests.workloads().filter(each -> !name(each).equals("Deployment/registry"))
                .flatMap(workload -> settings(manifests, workload).filter(setting -> !properties.contain(setting))
                        .map(setting -> name(workload) + ": no service reads " + setting));
        var services = manifests.all("Deployment").filter(each -> name(each).endsWith("-service"))
                .flatMap(deployment -> ofService(manifests, deployment)
                        .map(each -> name(deployment) + ": " + each));
        return Stream.of(violations, Rules.broken(manifests).stream(), unknown, services).flatMap(each -> each)
                .toList();
    }

    /** What a service and its step have otherwise in the application. */
    private static Stream<String> ofService(Manifests manifests, JsonNode deployment) {
        var service = deployment.at("/metadata/name").asString();
        var container = deployment.at("/spec/template/spec/containers/0");
        var port = yaml(service + "/src/main/resources/application.yml").at("/server/port");
        var groups = yaml("platform/events/src/main/resources/events-defaults.yml")
                .at("/management/endpoint/health/group").propertyNames().stream().map(name -> name.split("\\.")[0])
                .collect(toSet());
        var probes = container.findValues("httpGet").stream().map(probe -> probe.path("path").asString())
                .filter(path -> !groups.contains(path.replace("/actuator/health/", "")))
                .map(path -> "no health at " + path);
        var ports = Stream.of(container.at("/ports/0/containerPort")).filter(each -> !each.equals(port))
                .map(each -> "port " + each);
        var database = service.replace("-service", "");
        var step = manifests.get("Job/" + database + "-migrations");
        var command = step.at("/spec/template/spec/containers/0/args").toString();
        return Stream.of(probes, ports,
                Stream.of("the step is " + command).filter(_ -> !command.contains(MigrationStep.ARGUMENT + '"')),
                Stream.of("the step is of another image").filter(_ -> !step
                        .at("/spec/template/spec/containers/0/image").equals(container.path("image"))),
                Stream.of("the step lacks the owner's password")
                        .filter(_ -> Rules.secrets(step).noneMatch((database + "-database-owner")::equals)))
                .flatMap(each -> each);
    }

    /** @param value JSON, or null to remove what is there */
    private static void change(JsonNode object, JsonPointer pointer, String value) {
        var parent = object.at(pointer.head());
        var last = pointer.last();
        if (value == null) {
            assertThat(object.at(pointer).isMissingNode()).isFalse();
        }
        switch (parent) {
            case ArrayNode array when value == null -> array.remove(last.getMatchingIndex());
            case ArrayNode array -> array.set(last.getMatchingIndex(), new JsonMapper().readTree(value));
            case ObjectNode fields when value == null -> fields.remove(last.getMatchingProperty());
            case ObjectNode fields -> fields.set(last.getMatchingProperty(), new JsonMapper().readTree(value));
            default -> throw new IllegalArgumentException(pointer.toString());
        }
    }

    /** Names of environment variables, and of files that are properties. */
    private static Stream<String> settings(Manifests manifests, JsonNode workload) {
        var container = workload.at("/spec/template/spec/containers/0");
        var variables = elements(container.path("env")).map(each -> each.path("name").asString());
        var maps = elements(container.path("envFrom"))
                .map(each -> "ConfigMap/" + each.at("/configMapRef/name").asString())
                .flatMap(map -> manifests.all("ConfigMap").filter(each -> name(each).equals(map)))
                .flatMap(map -> map.path("data").propertyNames().stream());
        return Stream.of(variables, maps, files(workload)).flatMap(each -> each);
    }

    private static Stream<String> files(JsonNode workload) {
        return elements(workload.at("/spec/template/spec/volumes"))
                .filter(volume -> volume.path("name").asString().equals("properties"))
                .flatMap(volume -> elements(volume.at("/projected/sources")))
                .flatMap(source -> elements(source.at("/secret/items"))).map(item -> item.path("path").asString());
    }

    private static JsonNode yaml(String file) {
        return new JsonMapper().valueToTree(new Yaml().load(Manifests.read(ROOT.resolve(file))));
    }
}
