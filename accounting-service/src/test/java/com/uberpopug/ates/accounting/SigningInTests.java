package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.SignInRules;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;

/** In a context of its own: after the tests that use MockMvc, a request of nobody makes a session in theirs. */
@AccountingTest
@DirtiesContext(classMode = ClassMode.BEFORE_CLASS)
class SigningInTests extends SignInRules {

    SigningInTests() {
        super("/");
    }
}
