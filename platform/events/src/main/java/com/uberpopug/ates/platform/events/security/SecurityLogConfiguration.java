package com.uberpopug.ates.platform.events.security;

import com.uberpopug.ates.platform.events.Traces;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The security log of a service. */
@Configuration(proxyBeanMethods = false)
public class SecurityLogConfiguration {

    @Bean
    SecurityLog securityLog(@Value("${spring.application.name}") String service, Outbox outbox,
            ObjectProvider<Origin.Source> origins, Traces traces, PlatformTransactionManager transactions, Clock clock,
            MeterRegistry meters) {
        return new SecurityLog(service, outbox, origins.getIfAvailable(() -> () -> Origin.SYSTEM), traces,
                new TransactionTemplate(transactions), clock, meters);
    }
}
