package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.MigrationRules;

class MigrationTests extends MigrationRules {
}
