package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.SecurityLogRules;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.util.Map;

@ServiceTest(database = "analytics")
class SecurityLogListTests extends SecurityLogRules {

    SecurityLogListTests() {
        super(Map.of());
    }
}
