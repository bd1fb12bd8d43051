package com.uberpopug.ates.platform.openapi;

import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.web.PlainText;
import org.springdoc.core.customizers.ParameterCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets springdoc say what the code says already: names, Javadoc, bounds, nulls and refusals. */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {

    static {
        // Who calls is told by the token, and not by a parameter.
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
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

    @Bean
    CommonAnswers commonAnswers() {
        return new CommonAnswers();
    }
}
