package com.uberpopug.ates.acceptance;

import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.parts.Part;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails the run if a log or a database of the stack holds one of the run's secrets in clear. Each fork has a stack and a
 * search of its own, after its last test.
 */
public final class SecretsAreNotStored implements BeforeAllCallback {

    private static final AtomicBoolean REGISTERED = new AtomicBoolean();

    @Override
    public void beforeAll(ExtensionContext test) {
        if (REGISTERED.compareAndSet(false, true)) {
            // The root's store is closed after all tests, and what fails then fails the run.
            test.getRoot().getStore(Namespace.GLOBAL).put(SecretsAreNotStored.class,
                    (AutoCloseable) SecretsAreNotStored::search);
        }
    }

    private static void search() throws Exception {
        if (!ApplicationUnderTest.isStarted()) {
            return;
        }
        var secrets = KnownSecrets.ofThisRun();
        ApplicationUnderTest.stackSecrets().forEach(secret -> secrets.note("a secret of the stack", secret));
        var logs = ApplicationUnderTest.stack().parts().stream().map(Part::log).findFirst().orElseThrow().getParent();
        var search = new SecretSearch(secrets).files(logs);
        for (var service : LocalStack.SERVICES) {
            var name = LocalStack.database(service);
            try (var connection = ApplicationUnderTest.database(name)) {
                search.database("database " + name, connection);
            }
        }
        System.out.println(search);
        if (!search.findings().isEmpty()) {
            throw new AssertionError("Secrets in the logs below " + logs + ", or in databases:\n"
                    + String.join("\n", search.findings()));
        }
    }
}
