package com.uberpopug.ates.acceptance;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** With {@code -Pcompose}: skips every class where no Docker is there, and ends the containers after the last test. */
public final class OnCompose implements ExecutionCondition, BeforeAllCallback {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return ComposeStack.IN_USE && !ComposeStack.isPossible()
                ? ConditionEvaluationResult.disabled("There is no Docker")
                : ConditionEvaluationResult.enabled("");
    }

    @Override
    public void beforeAll(ExtensionContext test) {
        if (ComposeStack.IN_USE) {
            test.getRoot().getStore(Namespace.GLOBAL).computeIfAbsent(OnCompose.class,
                    _ -> (AutoCloseable) ComposeStack::stop);
        }
    }
}
