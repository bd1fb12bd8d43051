package com.uberpopug.ates.platform.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * A reverse proxy that ends TLS at a free port of {@code https://localhost} and passes on all bytes as they come to a
 * plain port, as a proxy with {@code proxy_set_header Host $http_host} and without buffers does. As a static extension of
 * a test class, it leads to the service under test, and is closed after its tests.
 */
public final class TlsProxy implements BeforeEachCallback, AfterAllCallback {

    private final SSLContext tls = SelfSigned.create().context();
    private final SSLServerSocket server;
    private volatile int backend;

    public TlsProxy() {
        try {
            server = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 200,
                    InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** The public address; it answers once it leads somewhere. */
    public URI address() {
        return URI.create("https://localhost:" + server.getLocalPort());
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        backend = SpringExtension.getApplicationContext(test).getEnvironment().getRequiredProperty("local.server.port",
                Integer.class);
    }

    /** Trusts this proxy. */
    public SSLContext tls() {
        return tls;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                var service = new Socket(InetAddress.getLoopbackAddress(), backend);
                Thread.ofPlatform().daemon().start(() -> pass(client, service));
                Thread.ofPlatform().daemon().start(() -> pass(service, client));
            } catch (IOException _) {
                // Closed, or nobody is behind it.
            }
        }
    }

    private static void pass(Socket from, Socket to) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            var buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException _) {
            // One side is gone, and so is the other.
        }
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
