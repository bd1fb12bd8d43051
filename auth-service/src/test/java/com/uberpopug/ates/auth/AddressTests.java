package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.test.AddressRules;

@AuthServiceTest
class AddressTests extends AddressRules {
}
