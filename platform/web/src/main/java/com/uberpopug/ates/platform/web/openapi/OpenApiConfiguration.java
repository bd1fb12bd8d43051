package com.uberpopug.ates.platform.web.openapi;

import com.uberpopug.ates.platform.web.IfMatch;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Versioned;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.SignInLimit;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.customizers.ParameterCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;

/** Has springdoc describe what the code has already: names, Javadoc, bounds, nulls and refusals. */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {

    static {
        // The caller comes from the token, and not from a parameter; the customizer below describes If-Match.
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class, IfMatch.class)
                .addResponseWrapperToIgnore(Versioned.class);
    }

    @Bean
    FilterRegistrationBean<YamlForAnyone> yamlForAnyone() {
        var registration = new FilterRegistrationBean<>(new YamlForAnyone());
        registration.addUrlPatterns("/v3/api-docs.yaml");
        return registration;
    }

    @Bean
    RecordSchemas recordSchemas() {
        return new RecordSchemas();
    }

    @Bean
    ParameterCustomizer boundsOfParameters() {
        return (parameter, method) -> {
            var bounds = method.getParameterAnnotation(PlainText.class);
            if (bounds != null) {
                RecordSchemas.bound(parameter.getSchema(), bounds);
            }
            return parameter;
        };
    }

    /** Says which answers carry a version, and which requests may name one. */
    @Bean
    OperationCustomizer versions() {
        return (operation, handler) -> {
            if (handler.getMethod().getReturnType() == Versioned.class) {
                var isGet = handler.hasMethodAnnotation(GetMapping.class);
                CommonAnswers.addVersion(operation, isGet);
            }
            if (Stream.of(handler.getMethodParameters())
                    .anyMatch(parameter -> parameter.getParameterType() == IfMatch.class)) {
                operation.addParametersItem(CommonAnswers.ifMatch());
            }
            return operation;
        };
    }

    /** Says which operations take a new sign-in. */
    @Bean
    OperationCustomizer newSignIns(SignInLimit signIns) {
        return (operation, handler) -> {
            if (handler.hasMethodAnnotation(FreshSignIn.class)) {
                CommonAnswers.addFreshSignIn(operation, signIns.limit());
            }
            return operation;
        };
    }

    @Bean
    CommonAnswers commonAnswers() {
        return new CommonAnswers();
    }
}
