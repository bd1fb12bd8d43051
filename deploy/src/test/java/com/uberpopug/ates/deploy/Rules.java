package com.uberpopug.ates.deploy;

import static com.uberpopug.ates.deploy.Manifests.elements;
import static com.uberpopug.ates.deploy.Manifests.name;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What this project demands of its manifests beyond the API's schemas. */
final class Rules {

    private static final Set<String> PROBES = Set.of("startupProbe", "readinessProbe", "livenessProbe");
    private static final String SECRET_NAMES = "(?i).*(password|secret|jaas|user_info|token).*";
    /** Longer than the phases of a service's shutdown, of 5 s each. */
    private static final int SHUTDOWN_SECONDS = 30;

    private final Manifests manifests;
    private final List<String> findings = new ArrayList<>();

    private Rules(Manifests manifests) {
        this.manifests = manifests;
    }

    static List<String> broken(Manifests manifests) {
        var rules = new Rules(manifests);
        manifests.workloads().forEach(rules::checkWorkload);
        manifests.all("Deployment").forEach(rules::checkDeployment);
        manifests.all("Secret").forEach(secret -> rules.findings.add(name(secret) + ": a secret's value"));
        manifests.all("ConfigMap").forEach(map -> map.path("data").propertyNames().stream()
                .filter(key -> key.matches(SECRET_NAMES)).forEach(
                        key -> rules.findings.add(name(map) + ": a secret's value in " + key)));
        manifests.all("Ingress").forEach(rules::checkIngress);
        return rules.findings;
    }

    private void require(boolean kept, JsonNode object, String rule) {
        if (!kept) {
            findings.add(name(object) + ": " + rule);
        }
    }

    private void checkWorkload(JsonNode workload) {
        var pod = workload.at("/spec/template/spec");
        var labels = workload.at("/spec/template/metadata/labels");
        require(pod.path("automountServiceAccountToken").isBoolean()
                && !pod.path("automountServiceAccountToken").booleanValue(), workload, "no token of the API");
        require(pod.path("enableServiceLinks").isBoolean() && !pod.path("enableServiceLinks").booleanValue(), workload,
                "no variables of other services");
        require(pod.at("/securityContext/runAsNonRoot").asBoolean(false), workload, "runAsNonRoot");
        require(pod.at("/securityContext/seccompProfile/type").asString("").equals("RuntimeDefault"), workload,
                "seccomp RuntimeDefault");
        require(pod.path("containers").size() > 0, workload, "containers");
        pod.path("containers").forEach(container -> checkContainer(workload, container));
        var policies = manifests.all("NetworkPolicy")
                .filter(policy -> selects(policy.at("/spec/podSelector"), labels)).toList();
        require(policies.stream().anyMatch(policy -> policy.at("/spec/podSelector/matchLabels")
                .has("app.kubernetes.io/name")), workload, "a NetworkPolicy of its own");
        require(policies.stream().anyMatch(policy -> policy.at("/spec/policyTypes").size() == 2
                && policy.at("/spec/ingress").isMissingNode()), workload, "a NetworkPolicy that denies the rest");
    }

    private void checkContainer(JsonNode workload, JsonNode container) {
        require(container.path("image").asString("").matches(".+:(?!latest$)[^/:]+"), workload,
                "an image with a version");
        require(container.at("/resources/requests").has("cpu") && container.at("/resources/requests").has("memory")
                && container.at("/resources/limits").has("memory"), workload, "requests, and a limit of memory");
        var security = container.path("securityContext");
        require(security.path("readOnlyRootFilesystem").asBoolean(false), workload, "a read-only root file system");
        require(!security.path("allowPrivilegeEscalation").asBoolean(true), workload, "no privilege escalation");
        require(security.at("/capabilities/drop").toString().equals("[\"ALL\"]")
                && !security.path("capabilities").has("add"), workload, "no capabilities");
        elements(container.path("envFrom")).map(each -> each.at("/configMapRef/name").asString())
                .forEach(map -> require(manifests.all("ConfigMap").anyMatch(each -> name(each)
                        .equals("ConfigMap/" + map)), workload, "a ConfigMap called " + map));
        elements(container.path("env")).filter(variable -> variable.has("value"))
                .filter(variable -> variable.path("name").asString().matches(SECRET_NAMES)).forEach(
                        variable -> require(false, workload, "a secret's value in " + variable.path("name")));
    }

    private void checkDeployment(JsonNode deployment) {
        var spec = deployment.path("spec");
        var template = spec.path("template");
        var labels = template.at("/metadata/labels");
        require(spec.path("replicas").asInt(0) >= 2, deployment, "two instances");
        require(spec.at("/strategy/rollingUpdate/maxUnavailable").asInt(-1) == 0, deployment, "maxUnavailable 0");
        require(selects(spec.path("selector"), labels), deployment, "a selector of its own pods");
        require(template.at("/spec/topologySpreadConstraints").size() > 0, deployment, "instances on several nodes");
        template.at("/spec/containers").forEach(container -> {
            PROBES.forEach(probe -> require(container.at("/" + probe + "/httpGet").isObject(), deployment, probe));
            int pause = container.at("/lifecycle/preStop/sleep/seconds").asInt(0);
            require(pause > 0 && template.at("/spec/terminationGracePeriodSeconds").asInt(0) >= pause
                    + SHUTDOWN_SECONDS, deployment, "time to stop");
        });
        require(manifests.all("PodDisruptionBudget").anyMatch(budget -> selects(budget.at("/spec/selector"), labels)),
                deployment, "a PodDisruptionBudget");
        require(manifests.all("Service").anyMatch(service -> selects(service.at("/spec/selector"), labels)),
                deployment, "a Service");
        require(secrets(deployment).noneMatch(secret -> secret.endsWith("-database-owner"))
                || name(deployment).equals("Deployment/registry"), deployment, "not the owner's password");
    }

    private void checkIngress(JsonNode ingress) {
        var hosts = elements(ingress.at("/spec/tls")).flatMap(tls -> elements(tls.path("hosts"))).toList();
        ingress.at("/spec/rules").forEach(rule -> {
            require(hosts.contains(rule.path("host")), ingress, "TLS of " + rule.path("host"));
            require(elements(rule.at("/http/paths")).anyMatch(path -> path.path("path").asString().equals("/actuator")
                    && path.at("/backend/service/name").asString().equals("nowhere")), ingress,
                    "no /actuator for the public");
            elements(rule.at("/http/paths")).map(path -> path.at("/backend/service/name").asString())
                    .forEach(service -> require(manifests.all("Service").anyMatch(each -> name(each)
                            .equals("Service/" + service)), ingress, "a Service called " + service));
        });
    }

    /** The names of the secrets that an object reads. */
    static Stream<String> secrets(JsonNode object) {
        return Stream.of("secret", "secretKeyRef").flatMap(key -> object.findValues(key).stream())
                .map(secret -> secret.path("name").asString(secret.path("secretName").asString("")));
    }

    /** By {@code matchLabels}, directly or as the plain map of a Service. */
    private static boolean selects(JsonNode selector, JsonNode labels) {
        var wanted = selector.has("matchLabels") ? selector.path("matchLabels") : selector;
        return wanted.isObject() && !wanted.isEmpty() && wanted.properties().stream()
                .allMatch(label -> label.getValue().equals(labels.path(label.getKey())));
    }
}
