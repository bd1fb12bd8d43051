package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.AddressRules;

@TasksTest
class AddressTests extends AddressRules {
}
