package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.SignInRules;

@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class SigningInTests extends SignInRules {

    SigningInTests() {
        super("/pipeline");
    }
}
