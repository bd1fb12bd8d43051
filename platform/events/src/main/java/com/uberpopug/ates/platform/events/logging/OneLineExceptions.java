package com.uberpopug.ates.platform.events.logging;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.logback.ExtendedWhitespaceThrowableProxyConverter;

/** {@code %wEx}, a stack trace, with the message of each exception in it as {@link OneLine}. */
public final class OneLineExceptions extends ExtendedWhitespaceThrowableProxyConverter {

    @Override
    protected String throwableProxyToString(IThrowableProxy exception) {
        return super.throwableProxyToString(new Cleaned(exception));
    }

    private record Cleaned(IThrowableProxy exception) implements IThrowableProxy {

        @Override
        public @Nullable String getMessage() {
            return cleaned(exception.getMessage());
        }

        @Override
        public @Nullable String getOverridingMessage() {
            return cleaned(exception.getOverridingMessage());
        }

        @Override
        public String getClassName() {
            return exception.getClassName();
        }

        @Override
        public StackTraceElementProxy @Nullable [] getStackTraceElementProxyArray() {
            return exception.getStackTraceElementProxyArray();
        }

        @Override
        public int getCommonFrames() {
            return exception.getCommonFrames();
        }

        @Override
        public @Nullable IThrowableProxy getCause() {
            var cause = exception.getCause();
            return cause == null ? null : new Cleaned(cause);
        }

        @Override
        public IThrowableProxy @Nullable [] getSuppressed() {
            var suppressed = exception.getSuppressed();
            return suppressed == null ? null : Stream.of(suppressed).map(Cleaned::new).toArray(IThrowableProxy[]::new);
        }

        @Override
        public boolean isCyclic() {
            return exception.isCyclic();
        }

        private static @Nullable String cleaned(@Nullable String text) {
            return text == null ? null : OneLine.of(text);
        }
    }
}
