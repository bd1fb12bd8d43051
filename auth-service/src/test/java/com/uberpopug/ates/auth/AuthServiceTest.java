package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The service configured as in the demo, with one machine client; events stay in the outbox. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ServiceTest(database = "auth", kafka = false, properties = {"ates.demo=true", "ates.issuer=http://localhost:9000",
        "ates.web-clients.tasks-service.secret=" + Browser.SECRET_OF + "tasks-service",
        "ates.web-clients.accounting-service.secret=" + Browser.SECRET_OF + "accounting-service",
        "ates.web-clients.analytics-service.secret=" + Browser.SECRET_OF + "analytics-service",
        "ates.web-clients.auth-service.secret=" + Browser.SECRET_OF + "auth-service",
        "ates.machine-clients.robot.secret=" + Browser.SECRET_OF + "robot"})
@interface AuthServiceTest {
}
