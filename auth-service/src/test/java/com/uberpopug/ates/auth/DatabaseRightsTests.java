package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.test.DatabaseRightsRules;
import java.util.Map;

@AuthServiceTest
class DatabaseRightsTests extends DatabaseRightsRules {

    DatabaseRightsTests() {
        super(Map.of("security_events", "select insert delete"));
    }
}
