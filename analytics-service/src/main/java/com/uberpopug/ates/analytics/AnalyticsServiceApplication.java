package com.uberpopug.ates.analytics;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Listens to users, tasks, balances and managers' earnings, and answers the admins' questions about them. */
@SpringBootApplication
public class AnalyticsServiceApplication {

    static void main(String[] args) {
        SpringApplication.run(AnalyticsServiceApplication.class, args);
    }
}
