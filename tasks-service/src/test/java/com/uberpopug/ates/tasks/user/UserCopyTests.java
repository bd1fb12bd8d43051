package com.uberpopug.ates.tasks.user;

import com.uberpopug.ates.platform.test.UserCopyRules;
import com.uberpopug.ates.tasks.TasksTest;

@TasksTest
class UserCopyTests extends UserCopyRules {
}
