package com.uberpopug.ates.acceptance;

import com.uberpopug.ates.localstack.parts.Part;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails the run if a log of the stack holds one of the run's secrets. Each fork has a stack and a search of its own,
 * after its last test.
 */
public final class SecretsStayOutOfLogs implements BeforeAllCallback {

    private static final AtomicBoolean REGISTERED = new AtomicBoolean();

    @Override
    public void beforeAll(ExtensionContext test) {
        if (REGISTERED.compareAndSet(false, true)) {
            // The root's store is closed after all tests, and what fails then fails the run.
            test.getRoot().getStore(Namespace.GLOBAL).put(SecretsStayOutOfLogs.class,
                    (AutoCloseable) SecretsStayOutOfLogs::search);
        }
    }

    private static void search() throws Exception {
        if (!ApplicationUnderTest.isStarted()) {
            return;
        }
        var secrets = KnownSecrets.ofThisRun();
        ApplicationUnderTest.stackSecrets().forEach(secret -> secrets.note("a secret of the stack", secret));
        var logs = ApplicationUnderTest.stack().parts().stream().map(Part::log).findFirst().orElseThrow().getParent();
        var result = LogSearch.of(logs, secrets);
        System.out.printf("Searched %d log files, %d kB, for %d secrets of %d kinds: %d found%n", result.files(),
                result.bytes() / 1_024, secrets.kinds().size(), secrets.kinds().values().stream().distinct().count(),
                result.findings().size());
        if (!result.findings().isEmpty()) {
            throw new AssertionError("Secrets in the logs below " + logs + ":\n"
                    + String.join("\n", result.findings()));
        }
    }
}
