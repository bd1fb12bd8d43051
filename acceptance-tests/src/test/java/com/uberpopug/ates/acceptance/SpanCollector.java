package com.uberpopug.ates.acceptance;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Executors;

/** Receives the services' spans: the traces part of an OpenTelemetry collector, OTLP over HTTP with protobuf. */
final class SpanCollector {

    /** More spans than any test makes; the load of the long tests would fill the memory. */
    private static final int KEPT = 50_000;

    private final Queue<Span> spans = new LinkedBlockingQueue<>();
    private final HttpServer server;

    /** One span of a trace. */
    record Span(String service, String traceId, String spanId, String parentId, String name) {
    }

    SpanCollector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", exchange -> {
            try (exchange) {
                keep(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
                exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    List<Span> ofTrace(String traceId) {
        return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    /** The traces that begin with a span of this name. */
    List<String> beginningWith(String name) {
        return spans.stream().filter(span -> span.parentId().isEmpty() && span.name().equals(name)).map(Span::traceId)
                .toList();
    }

    private void keep(ExportTraceServiceRequest request) {
        var hex = HexFormat.of();
        for (var resource : request.getResourceSpansList()) {
            var service = resource.getResource().getAttributesList().stream()
                    .filter(attribute -> attribute.getKey().equals("service.name"))
                    .map(attribute -> attribute.getValue().getStringValue()).findFirst().orElse("?");
            resource.getScopeSpansList().stream().flatMap(scope -> scope.getSpansList().stream())
                    .map(span -> new Span(service, hex.formatHex(span.getTraceId().toByteArray()),
                            hex.formatHex(span.getSpanId().toByteArray()),
                            hex.formatHex(span.getParentSpanId().toByteArray()), span.getName()))
                    .forEach(spans::add);
            while (spans.size() > KEPT) {
                spans.poll();
            }
        }
    }
}
