package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.events.ServiceStart;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The analytics service: projects users, tasks, balances and managers' earnings, and answers the admins' queries on
 * them.
 */
@SpringBootApplication
@OpenAPIDefinition(info = @Info(title = "aTES analytics", version = "1.0.0", description = "The managers' earnings, the popugs below zero, and the most expensive tasks; for admins."))
public class AnalyticsServiceApplication {

    static void main(String[] args) {
        ServiceStart.run(AnalyticsServiceApplication.class, args);
    }
}
