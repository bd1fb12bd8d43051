package com.uberpopug.ates.events;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * The parsed values of Confluent's configuration keys for a schema registry. A key of Confluent's without effect here
 * is rejected, unless its value equals the fixed behaviour. Keys of other libraries are ignored.
 *
 * <p>Messages never hold the value of a key that may hold a secret.
 */
final class RegistryConfig {

    private static final String URL = "schema.registry.url";
    private static final String NAMESPACE = "schema.registry.";
    private static final String SSL = NAMESPACE + "ssl.";
    private static final String HEADER = "request.header.";
    private static final String BASIC = "basic.auth.credentials.source";
    private static final String USER_INFO = "basic.auth.user.info";
    private static final String BEARER = "bearer.auth.credentials.source";
    private static final String TOKEN = "bearer.auth.token";
    private static final String CLUSTER = "bearer.auth.logical.cluster";
    private static final String POOL = "bearer.auth.identity.pool.id";
    private static final String CONNECT_TIMEOUT = "http.connect.timeout.ms";
    private static final String READ_TIMEOUT = "http.read.timeout.ms";
    /** Confluent's clients in other languages use this key; without the namespace it belongs to Kafka itself. */
    private static final String REQUEST_TIMEOUT = "request.timeout.ms";
    private static final String PROXY_HOST = "proxy.host";
    private static final String PROXY_PORT = "proxy.port";
    private static final String CACHE = "max.schemas.per.subject";
    private static final int LONGEST_TIMEOUT_MILLIS = 600_000;

    /** Supported keys; each may also stand in the namespace, as in Confluent's client. */
    private static final Set<String> WORKING = Set.of(BASIC, USER_INFO, BEARER, TOKEN, CLUSTER, POOL, CONNECT_TIMEOUT,
            READ_TIMEOUT, REQUEST_TIMEOUT, PROXY_HOST, PROXY_PORT, CACHE);

    /** Fixed behaviours: the accepted values of each key. Any other value is rejected. */
    private static final Map<String, Set<String>> FIXED = Map.ofEntries(
            Map.entry("auto.register.schemas", Set.of("false")),
            Map.entry("use.latest.version", Set.of("false")),
            Map.entry("use.latest.with.metadata", Set.of("")),
            Map.entry("use.schema.id", Set.of("-1")),
            Map.entry("id.compatibility.strict", Set.of("true")),
            Map.entry("latest.compatibility.strict", Set.of("true")),
            Map.entry("latest.cache.size", Set.of("1000")),
            Map.entry("latest.cache.ttl.sec", Set.of("-1")),
            Map.entry("missing.cache.size", Set.of("10000")),
            Map.entry("missing.id.cache.ttl.sec", Set.of("0")),
            Map.entry("missing.schema.cache.ttl.sec", Set.of("0")),
            Map.entry("missing.version.cache.ttl.sec", Set.of("0")),
            Map.entry("normalize.schemas", Set.of("false")),
            Map.entry("propagate.schema.tags", Set.of("false")),
            Map.entry("schema.reflection", Set.of("false")),
            Map.entry("schema.format", Set.of("")),
            Map.entry("rule.executors", Set.of("")),
            Map.entry("rule.actions", Set.of("")),
            Map.entry("specific.avro.reader", Set.of("true")),
            Map.entry("avro.reflection.allow.null", Set.of("false")),
            // Both values behave the same: generated classes convert logical types, and registered texts have no Java
            // properties.
            Map.entry("avro.use.logical.type.converters", Set.of("true", "false")),
            Map.entry("avro.remove.java.properties", Set.of("true", "false")),
            Map.entry("value.subject.name.strategy", Set.of("TopicRecordNameStrategy")),
            Map.entry("context.name.strategy", Set.of("NullContextNameStrategy")),
            Map.entry("value.schema.id.serializer", Set.of("PrefixSchemaIdSerializer")),
            Map.entry("value.schema.id.deserializer", Set.of("PrefixSchemaIdDeserializer")));

    /** Prefixes of Confluent's keys; no key of Kafka's own clients begins with one of them. */
    private static final List<String> CONFLUENTS = List.of(NAMESPACE, HEADER, "basic.auth.", "bearer.auth.", "http.",
            "proxy.", "srclient.", "max.schemas.", "max.retries", "retries.wait.", "retries.max.", "auto.register.",
            "normalize.", "propagate.", "use.", "id.compatibility.", "latest.", "missing.", "schema.", "rule.",
            "rules.",
            "context.name.", "key.schema.", "value.schema.", "key.subject.", "value.subject.", "reference.subject.",
            "subject.", "avro.", "specific.", "json.", "protobuf.", "skip.known.", "wrapper.");

    /** A registry's URL, without credentials, and the credentials to send. */
    record Registry(String url, Optional<Authorization> authorization) {
    }

    /** The value of an Authorization header, never printed. */
    static final class Authorization {
        private final String header;

        private Authorization(String header) {
            this.header = header;
        }

        static Authorization basic(String key, String userInfo) {
            if (userInfo.indexOf(':') < 1) {
                throw new ConfigException(key + " has no <user>:<password>");
            }
            return new Authorization("Basic "
                    + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8)));
        }

        String header() {
            return header;
        }

        @Override
        public String toString() {
            return "[hidden]";
        }
    }

    final List<Registry> registries;
    final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    final Duration connectTimeout;
    final Duration readTimeout;
    final Optional<ProxySelector> proxy;
    final Optional<SSLContext> sslContext;
    final SSLParameters sslParameters = new SSLParameters();
    final int maxCached;

    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, Object> ssl = new HashMap<>();

    /** @throws ConfigException if a key is not supported or its value is invalid; the message names the key */
    RegistryConfig(Map<String, ?> config) {
        config.forEach((key, value) -> {
            if (value != null) {
                take(key, value);
            }
        });
        registries = registries(text(config.get(URL)), credentials(config));
        Optional.ofNullable(settings.get(CLUSTER)).ifPresent(id -> headers.put("target-sr-cluster", id));
        Optional.ofNullable(settings.get(POOL)).ifPresent(id -> headers.put("Confluent-Identity-Pool-Id", id));
        connectTimeout = Duration.ofMillis(number(CONNECT_TIMEOUT, 2_000, LONGEST_TIMEOUT_MILLIS));
        readTimeout = Duration
                .ofMillis(number(settings.containsKey(READ_TIMEOUT) ? READ_TIMEOUT : REQUEST_TIMEOUT, 5_000,
                        LONGEST_TIMEOUT_MILLIS));
        maxCached = number(CACHE, 1_000, Integer.MAX_VALUE);
        proxy = proxy();
        sslContext = ssl.isEmpty() ? Optional.empty() : Optional.of(sslContext());
    }

    private void take(String key, Object value) {
        if (key.equals(URL) || !isConfluents(key)) {
            return;
        }
        if (key.startsWith(SSL)) {
            ssl.put(key.substring(NAMESPACE.length()), value instanceof Password ? value : text(value));
            return;
        }
        var name = key.startsWith(NAMESPACE) ? key.substring(NAMESPACE.length()) : key;
        if (name.startsWith(HEADER) && name.length() > HEADER.length()) {
            headers.put(name.substring(HEADER.length()), text(value));
        } else if (FIXED.containsKey(name)) {
            var text = text(value).strip();
            var allowed = requireNonNull(FIXED.get(name));
            // A class name is accepted with or without its package; other values must match exactly.
            if (!allowed.contains(text.substring(text.lastIndexOf('.') + 1)) && !allowed.contains(text.toLowerCase(
                    Locale.ROOT))) {
                throw new ConfigException("%s=%s is not supported here, only %s".formatted(key, text,
                        allowed.stream().sorted().map(each -> each.isEmpty() ? "nothing" : each)
                                .collect(Collectors.joining(" or "))));
            }
        } else if (!WORKING.contains(name)) {
            throw new ConfigException(key + " is not supported here");
        } else {
            var text = text(value);
            var before = settings.put(name, text);
            if (before != null && !before.equals(text)) {
                throw new ConfigException("%s and %s%s contradict each other".formatted(name, NAMESPACE, name));
            }
        }
    }

    private static boolean isConfluents(String key) {
        return key.endsWith(".subject.name.strategy") || CONFLUENTS.stream().anyMatch(key::startsWith);
    }

    /** The credentials for all registries; empty if they stand in the URLs. */
    private Optional<Authorization> credentials(Map<String, ?> config) {
        var basic = settings.getOrDefault(BASIC, "");
        var bearer = settings.getOrDefault(BEARER, settings.containsKey(TOKEN) ? "STATIC_TOKEN" : "");
        if (!basic.isEmpty() && !bearer.isEmpty()) {
            throw new ConfigException("%s and %s exclude each other".formatted(BASIC, BEARER));
        }
        if (!basic.equals("USER_INFO") && !settings.getOrDefault(USER_INFO, "").isEmpty()) {
            throw new ConfigException("%s has no effect without %s=USER_INFO".formatted(USER_INFO, BASIC));
        }
        if (bearer.isEmpty() && (settings.containsKey(CLUSTER) || settings.containsKey(POOL))) {
            throw new ConfigException("%s and %s have no effect without %s".formatted(CLUSTER, POOL, BEARER));
        }
        var credentials = switch (basic) {
            case "", "URL" -> Optional.<Authorization>empty();
            case "USER_INFO" -> Optional
                    .of(Authorization.basic(BASIC + "=USER_INFO: " + USER_INFO, settings.getOrDefault(USER_INFO, "")));
            case "SASL_INHERIT" -> Optional.of(Authorization.basic(SaslConfigs.SASL_JAAS_CONFIG, saslUserInfo(config)));
            default -> throw new ConfigException(
                    "%s=%s is not supported here, only URL, USER_INFO or SASL_INHERIT".formatted(BASIC, basic));
        };
        if (!bearer.isEmpty()) {
            if (!bearer.equals("STATIC_TOKEN")) {
                throw new ConfigException("%s=%s is not supported here, only STATIC_TOKEN".formatted(BEARER, bearer));
            }
            var token = settings.getOrDefault(TOKEN, "");
            if (!token.matches("[A-Za-z0-9._~+/-]+=*")) {
                throw new ConfigException("%s=STATIC_TOKEN: %s is missing or not a token".formatted(BEARER, TOKEN));
            }
            credentials = Optional.of(new Authorization("Bearer " + token));
        }
        if (credentials.isPresent() && headers.containsKey("Authorization")) {
            throw new ConfigException("Credentials stand both in %sAuthorization and in %s"
                    .formatted(HEADER, bearer.isEmpty() ? BASIC : BEARER));
        }
        return credentials;
    }

    private static String saslUserInfo(Map<String, ?> config) {
        var sasl = new HashMap<String, Object>(config);
        if (config.get(SaslConfigs.SASL_JAAS_CONFIG) instanceof String text) {
            sasl.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(text));
        }
        try {
            var options = JaasContext.loadClientContext(sasl).configurationEntries().getFirst().getOptions();
            if (options.get("username") != null && options.get("password") != null) {
                return options.get("username") + ":" + options.get("password");
            }
        } catch (IllegalArgumentException | KafkaException e) {
            throw new ConfigException("%s=SASL_INHERIT: %s cannot be read".formatted(BASIC,
                    SaslConfigs.SASL_JAAS_CONFIG));
        }
        throw new ConfigException("%s=SASL_INHERIT: the login module has no username and password".formatted(BASIC));
    }

    private List<Registry> registries(String urls, Optional<Authorization> credentials) {
        var found = new ArrayList<Registry>();
        var parts = Stream.of(urls.split(",")).map(String::strip).filter(url -> !url.isEmpty()).toList();
        for (var part : parts) {
            var which = parts.size() == 1 ? URL : "Part %d of %s".formatted(found.size() + 1, URL);
            URI uri;
            try {
                uri = new URI(part);
            } catch (URISyntaxException e) {
                throw new ConfigException(which
                        + " is not a URL; special characters in a password are percent-encoded, such as %40 for @");
            }
            if (uri.getScheme() == null || !uri.getScheme().toLowerCase(Locale.ROOT).matches("https?")
                    || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535
                    || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw new ConfigException(
                        which + " is not http[s]://[user:password@]host[:port][/path] without query and fragment");
            }
            var url = uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                    + uri.getRawPath().replaceFirst("/+$", "");
            if (uri.getRawUserInfo() != null && (credentials.isPresent() || headers.containsKey("Authorization"))) {
                throw new ConfigException("Credentials stand both in %s and elsewhere".formatted(URL));
            }
            var own = Optional.ofNullable(uri.getRawUserInfo()).map(info -> Authorization.basic(which,
                    // A plus stays a plus, unlike in a form.
                    URLDecoder.decode(info.replace("+", "%2B"), StandardCharsets.UTF_8)));
            found.add(new Registry(url, own.or(() -> credentials)));
        }
        if (found.isEmpty()) {
            throw new ConfigException(URL + " is not set");
        }
        return List.copyOf(found);
    }

    private Optional<ProxySelector> proxy() {
        var host = settings.getOrDefault(PROXY_HOST, "").strip();
        boolean hasPort = settings.containsKey(PROXY_PORT) && !settings.get(PROXY_PORT).strip().equals("-1");
        if (host.isEmpty() && !hasPort) {
            return Optional.empty();
        }
        if (host.isEmpty() || !hasPort) {
            throw new ConfigException("%s and %s have an effect only together".formatted(PROXY_HOST, PROXY_PORT));
        }
        return Optional.of(ProxySelector.of(new InetSocketAddress(host, number(PROXY_PORT, 0, 65_535))));
    }

    private SSLContext sslContext() {
        var known = new ConfigDef().withClientSslSupport();
        ssl.keySet().stream().filter(key -> !known.names().contains(key)).findFirst().ifPresent(key -> {
            throw new ConfigException(NAMESPACE + key + " is not supported here");
        });
        var parsed = new AbstractConfig(known, ssl, false);
        if (parsed.getClass(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG) != null) {
            throw new ConfigException(
                    NAMESPACE + SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG + " is not supported here");
        }
        if (!"https".equalsIgnoreCase(parsed.getString(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG))) {
            throw new ConfigException("%s%s is not supported here, only https: host names are always verified"
                    .formatted(NAMESPACE, SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG));
        }
        array(parsed.getList(SslConfigs.SSL_CIPHER_SUITES_CONFIG)).ifPresent(sslParameters::setCipherSuites);
        array(parsed.getList(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG)).ifPresent(sslParameters::setProtocols);
        var factory = new DefaultSslEngineFactory();
        try {
            factory.configure(parsed.values());
            return factory.sslContext();
        } catch (KafkaException e) {
            // Its causes name the file and the fault, and no password.
            throw new ConfigException("%s*: %s%s".formatted(SSL, e.getMessage(),
                    e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
        }
    }

    private static Optional<String[]> array(@Nullable List<String> values) {
        return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.toArray(String[]::new));
    }

    private int number(String key, int otherwise, int highest) {
        var text = settings.getOrDefault(key, Integer.toString(otherwise)).strip();
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= highest) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Reported below.
        }
        throw new ConfigException("%s must be a number from 1 to %d, not '%s'".formatted(key, highest, text));
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return switch (value) {
            case List<?> list -> list.stream().map(Object::toString).collect(Collectors.joining(","));
            case Password password -> password.value();
            case Class<?> type -> type.getName();
            default -> value.toString();
        };
    }
}
