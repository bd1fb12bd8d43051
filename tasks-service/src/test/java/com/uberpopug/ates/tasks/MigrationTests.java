package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.MigrationRules;

class MigrationTests extends MigrationRules {
}
