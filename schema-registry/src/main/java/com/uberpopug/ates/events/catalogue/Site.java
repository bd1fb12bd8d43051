package com.uberpopug.ates.events.catalogue;

import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The catalogue as a static site, which the local stack serves to this machine only. */
final class Site {

    private Site() {
    }

    /** @param arguments the directory of this module in the repository, that of the site, and the port */
    public static void main(String[] arguments) throws IOException {
        var directory = Path.of(arguments[1]).toAbsolutePath();
        write(Contract.read(Path.of(arguments[0])), directory);
        SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2])), directory,
                OutputLevel.NONE).start();
    }

    /** Replaces what an earlier version of the contract has left there. */
    static void write(Contract contract, Path directory) throws IOException {
        Files.createDirectories(directory);
        try (var old = Files.newDirectoryStream(directory, "*.{html,json}")) {
            for (var file : old) {
                Files.delete(file);
            }
        }
        var pages = new EventPages(contract);
        for (var page : pages.events()) {
            Files.writeString(directory.resolve(page.name() + ".html"), Html.of(page));
        }
        Files.writeString(directory.resolve("index.html"), Html.of(pages.index("index")));
        Files.writeString(directory.resolve("asyncapi.json"), AsyncApi.of(contract));
    }
}
