package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.StrangerRules;
import java.util.Map;

/**
 * In a context of its own: once a test has sent {@code MockMvc}'s {@code csrf()}, form tokens are kept in sessions, and each
 * stranger's form begins one.
 */
@ServiceTest(database = "accounting", properties = {"ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d"})
class StrangerTests extends StrangerRules {

    StrangerTests() {
        super(Map.of("outbox", 200));
    }
}
