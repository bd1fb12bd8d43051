package com.uberpopug.ates.platform.web;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.servlet.HandlerExceptionResolver;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

/** Problems and bounds of the REST API, and its way to do things once. */
@Configuration(proxyBeanMethods = false)
@Import({ProblemAdvice.class, ProblemErrors.class})
public class WebConfiguration {

    /** A number is no text and no date: what comes in is not bent until it fits. */
    @Bean
    JsonMapperBuilderCustomizer nothingIsCoerced() {
        return json -> List.of(LogicalType.Textual, LogicalType.Enum, LogicalType.DateTime)
                .forEach(type -> json.withCoercionConfig(type,
                        coercion -> List.of(CoercionInputShape.Integer, CoercionInputShape.Float,
                                CoercionInputShape.Boolean)
                                .forEach(shape -> coercion.setCoercion(shape, CoercionAction.Fail))));
    }

    /** Later than Boot's own valve, and so nearer to the request. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsOfTomcat() {
        return tomcat -> tomcat.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new ProblemValve()));
    }

    @Bean
    FilterRegistrationBean<RequestLimit> requestLimit(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(new RequestLimit(problems));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return registration;
    }

    @Bean
    FilterRegistrationBean<BodyLimit> bodyLimit(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(new BodyLimit(problems));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 11);
        return registration;
    }

    @Bean
    IdempotencyKeys idempotencyKeys(JdbcClient db) {
        return new IdempotencyKeys(db);
    }

    /** Behind Spring Security's filters: who calls is known, and may. */
    @Bean
    FilterRegistrationBean<IdempotencyFilter> idempotencyFilter(IdempotencyKeys keys,
            PlatformTransactionManager transactions,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(
                new IdempotencyFilter(keys, new TransactionTemplate(transactions), problems));
        registration.addUrlPatterns("/api/*");
        return registration;
    }

    @Bean
    RecurringTask<Void> forgetOldIdempotencyKeys(IdempotencyKeys keys) {
        return Tasks.recurring("forget-old-idempotency-keys", FixedDelay.of(Duration.ofHours(1)))
                .execute((_, _) -> keys.forgetAllOld());
    }
}
