package com.uberpopug.ates.accounting.user;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.platform.test.UserCopyRules;

@AccountingTest
class UserCopyTests extends UserCopyRules {
}
