package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.AddressRules;

@AnalyticsTest
class AddressTests extends AddressRules {
}
