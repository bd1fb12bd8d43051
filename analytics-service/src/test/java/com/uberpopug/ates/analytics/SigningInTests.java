package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.SignInRules;

@AnalyticsTest
class SigningInTests extends SignInRules {

    SigningInTests() {
        super("/");
    }
}
