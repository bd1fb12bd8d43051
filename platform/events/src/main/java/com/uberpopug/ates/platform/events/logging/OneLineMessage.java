package com.uberpopug.ates.platform.events.logging;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** {@code %m} as {@link OneLine}, except for the report of Spring Boot on a start that failed, which has paragraphs. */
public final class OneLineMessage extends MessageConverter {

    private static final String START_REPORT = "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter";

    @Override
    public String convert(ILoggingEvent event) {
        var message = super.convert(event);
        return message == null || event.getLoggerName().equals(START_REPORT) ? message : OneLine.of(message);
    }
}
