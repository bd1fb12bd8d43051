package com.uberpopug.ates.analytics.user;

import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.UserCopyRules;

@ServiceTest(database = "analytics")
class UserCopyTests extends UserCopyRules {
}
