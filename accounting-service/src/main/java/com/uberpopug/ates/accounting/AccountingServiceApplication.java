package com.uberpopug.ates.accounting;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

@SpringBootApplication
@ConfigurationPropertiesScan
public class AccountingServiceApplication {

    static void main(String[] arguments) {
        SpringApplication.run(AccountingServiceApplication.class, arguments);
    }
}
