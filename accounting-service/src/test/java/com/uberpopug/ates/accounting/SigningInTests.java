package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.SignInRules;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;

/** Runs in a context of its own: in the shared one, tests with MockMvc let anonymous requests create sessions. */
@AccountingTest
@DirtiesContext(classMode = ClassMode.BEFORE_CLASS)
class SigningInTests extends SignInRules {

    SigningInTests() {
        super("/");
    }
}
