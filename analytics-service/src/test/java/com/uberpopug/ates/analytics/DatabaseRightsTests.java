package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.DatabaseRightsRules;
import java.util.Map;

@AnalyticsTest
class DatabaseRightsTests extends DatabaseRightsRules {

    DatabaseRightsTests() {
        super(Map.of());
    }
}
