package com.uberpopug.ates.counting;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.uberpopug.ates.platform.test.ArchitectureRules;

/** Checks the rules for the platform itself and for the contract. */
@AnalyzeClasses(packages = {"com.uberpopug.ates.platform",
        "com.uberpopug.ates.events"}, importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchTests rules = ArchTests.in(ArchitectureRules.class);
}
