package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.StrangerRules;
import java.util.Map;

@TasksTest
class StrangerTests extends StrangerRules {

    StrangerTests() {
        super(Map.of("outbox", 200));
    }
}
