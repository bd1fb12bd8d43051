package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.SecurityLogRules;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.util.Map;

@ServiceTest(database = "analytics")
class SecurityLogListTests extends SecurityLogRules {

    SecurityLogListTests() {
        super(Map.of(
                "POST /api/projections/rebuild", "not: the same events yield the same rows",
                "POST /projections/rebuild", "not: the same events yield the same rows",
                "POST /projections/check", "not: only reads"));
    }
}
