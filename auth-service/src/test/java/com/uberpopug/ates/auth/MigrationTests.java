package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.test.MigrationRules;

class MigrationTests extends MigrationRules {
}
