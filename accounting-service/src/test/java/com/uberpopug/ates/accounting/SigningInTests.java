package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.SignInRules;

@AccountingTest
class SigningInTests extends SignInRules {

    SigningInTests() {
        super("/");
    }
}
