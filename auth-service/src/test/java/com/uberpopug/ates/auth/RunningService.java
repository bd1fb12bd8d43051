package com.uberpopug.ates.auth;

import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.platform.test.RealParts;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An instance of the service that a test starts and stops itself; it runs without the pipeline. */
record RunningService(ConfigurableApplicationContext context) implements AutoCloseable {

    static Database emptyDatabase() {
        return RealParts.shared().createMigratedDatabase("auth");
    }

    static RunningService on(Database database, String... properties) {
        var settings = new HashMap<>(RealParts.properties(database));
        settings.putAll(Map.of("server.port", "0", "spring.kafka.listener.auto-startup", "false"));
        Stream.of("tasks", "accounting", "analytics", "auth").map(name -> name + "-service").forEach(
                client -> settings.put("ates.web-clients." + client + ".secret", Browser.SECRET_OF + client));
        Stream.of(properties).map(property -> property.split("=", 2)).forEach(each -> settings.put(each[0], each[1]));
        var application = new SpringApplication(AuthServiceApplication.class);
        // Boot cannot initialise logging for two applications of one JVM at once.
        application.setListeners(application.getListeners().stream()
                .filter(listener -> !(listener instanceof LoggingApplicationListener)).toList());
        return new RunningService(application.run(settings.entrySet().stream()
                .map(each -> "--" + each.getKey() + "=" + each.getValue()).toArray(String[]::new)));
    }

    int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    JdbcClient database() {
        return context.getBean(JdbcClient.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
