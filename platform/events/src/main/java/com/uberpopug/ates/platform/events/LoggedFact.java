package com.uberpopug.ates.platform.events;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Gives the log lines of this thread a fact's id and trace as fields of their own, until it is closed. */
public final class LoggedFact implements AutoCloseable {

    private final @Nullable Map<String, String> before = MDC.getCopyOfContextMap();

    /** @param traceparent as of W3C; null, or anything malformed, gives the lines no trace */
    public LoggedFact(@Nullable UUID factId, @Nullable String traceparent) {
        if (factId != null) {
            MDC.put("factId", factId.toString());
        }
        if (traceparent != null && traceparent.matches(Traces.TRACEPARENT)) {
            var parts = traceparent.split("-");
            MDC.put("traceId", parts[1]);
            MDC.put("spanId", parts[2]);
        }
    }

    @Override
    public void close() {
        if (before == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(before);
        }
    }
}
