package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.DatabaseRightsRules;
import java.util.Map;

@AccountingTest
class DatabaseRightsTests extends DatabaseRightsRules {

    DatabaseRightsTests() {
        super(Map.of("transfers", "select insert", "business_days", "select insert update"));
    }
}
