package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.AddressRules;

@AccountingTest
class AddressTests extends AddressRules {
}
