package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The service as the demo has it, with one machine as a client; what is announced stays in the outbox. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ServiceTest(database = "auth", kafka = false, properties = {"ates.demo=true", "ates.issuer=http://localhost:9000",
        "ates.client-secret=" + Browser.CLIENT_SECRET, "ates.machine-clients.robot=" + Browser.CLIENT_SECRET})
@interface AuthServiceTest {
}
