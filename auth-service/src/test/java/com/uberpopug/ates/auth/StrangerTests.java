package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.test.StrangerRules;
import java.util.Map;

/** What waits at most: device codes of one address (ADR 26), and entries of the security log, which bounds them by caller and kind. */
@AuthServiceTest
class StrangerTests extends StrangerRules {

    StrangerTests() {
        super(Map.of("oauth2_authorization", 20, "outbox", 200));
    }
}
