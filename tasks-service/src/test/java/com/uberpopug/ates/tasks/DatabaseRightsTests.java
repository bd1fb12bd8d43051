package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.DatabaseRightsRules;
import java.util.Map;

@TasksTest
class DatabaseRightsTests extends DatabaseRightsRules {

    DatabaseRightsTests() {
        super(Map.of());
    }
}
