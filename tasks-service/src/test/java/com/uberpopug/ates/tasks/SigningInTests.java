package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.SignInRules;

@TasksTest
class SigningInTests extends SignInRules {

    SigningInTests() {
        super("/");
    }
}
