package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.StrangerRules;
import java.util.Map;

@AnalyticsTest
class StrangerTests extends StrangerRules {

    StrangerTests() {
        super(Map.of("outbox", 200));
    }
}
