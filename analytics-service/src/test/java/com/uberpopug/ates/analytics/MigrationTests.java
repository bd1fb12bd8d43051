package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.MigrationRules;

class MigrationTests extends MigrationRules {
}
