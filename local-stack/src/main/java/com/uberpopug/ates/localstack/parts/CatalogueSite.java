package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A static site that documents each event, made anew from the repository's contract at each start. */
public final class CatalogueSite extends Part {

    public CatalogueSite(Path home, int port) {
        super("catalogue", home, port);
    }

    @Override
    public String address() {
        return "http://localhost:" + port();
    }

    @Override
    ChildProcess launch() {
        var module = LocalStackFiles.repository().resolve("schema-registry");
        return ChildProcess.start(name(), log(), "TERM", Map.of(),
                java(List.of("-Xms8m", "-Xmx64m", "-XX:NewSize=4m",
                        "-Dloader.main=com.uberpopug.ates.events.catalogue.Site",
                        "-cp", module.resolve("target/schema-registry-app.jar").toString(),
                        "org.springframework.boot.loader.launch.PropertiesLauncher", module.toString(),
                        home().resolve("catalogue").toString(), Integer.toString(port()))));
    }

    @Override
    boolean isReady() throws IOException, URISyntaxException {
        return statusOf(address()) == 200;
    }
}
