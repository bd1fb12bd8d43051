package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.events.ServiceStart;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

@SpringBootApplication
@OpenAPIDefinition(info = @Info(title = "aTES accounting", version = "1.0.0", description = "Workers' accounts and payouts, managers' earnings, and the close of business days."))
@ConfigurationPropertiesScan
public class AccountingServiceApplication {

    static void main(String[] arguments) {
        ServiceStart.run(AccountingServiceApplication.class, arguments);
    }
}
