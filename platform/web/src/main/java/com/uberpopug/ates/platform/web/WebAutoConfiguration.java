package com.uberpopug.ates.platform.web;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.platform.events.EventsAutoConfiguration;
import com.uberpopug.ates.platform.events.Jobs;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.web.openapi.OpenApiConfiguration;
import com.uberpopug.ates.platform.web.security.ApiSecurity;
import com.uberpopug.ates.platform.web.security.HandlerAccess;
import com.uberpopug.ates.platform.web.security.UserCopy;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.servlet.filter.OrderedCharacterEncodingFilter;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.filter.CharacterEncodingFilter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.support.ExtendedServletRequestDataBinder;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/** Problems and bounds of the REST API, its one language, and its way to do things once. */
@AutoConfiguration(after = EventsAutoConfiguration.class, before = {HttpEncodingAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        ErrorMvcAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
        ManagementWebSecurityAutoConfiguration.class, OAuth2ResourceServerAutoConfiguration.class})
@Import({ProblemAdvice.class, ProblemErrors.class, WebAutoConfiguration.NothingFromHeaders.class,
        DeadLetterController.class, ApiSecurity.class, OpenApiConfiguration.class})
public class WebAutoConfiguration implements WebMvcConfigurer {

    private static final Set<String> OTHER_LANGUAGES = Set.of("yaml", "xml", "cbor", "smile");

    /**
     * The API answers in JSON whatever the header Accept names, so that no request is refused for it after it was done.
     */
    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer types) {
        var asAccepted = new HeaderContentNegotiationStrategy();
        types.strategies(List.of(request -> isForApi(request)
                ? List.of(MediaType.APPLICATION_JSON, MediaType.ALL)
                : asAccepted.resolveMediaTypes(request)));
    }

    private static boolean isForApi(NativeWebRequest request) {
        return RequestKind.isApi(Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class)));
    }

    /**
     * Nor does it read another: Spring takes any library that it finds for one, with none of the rules for our JSON.
     */
    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
        converters.configureMessageConvertersList(all -> all.removeIf(converter -> converter.getSupportedMediaTypes()
                .stream().anyMatch(type -> OTHER_LANGUAGES.contains(type.getSubtype()))));
    }

    /**
     * Only a field that was left empty is no date: Spring takes blanks for that, too, and so answers for today. Texts
     * are taken in one form.
     */
    @Override
    @SuppressWarnings("NullAway") // A converter may return null, which its type does not say.
    public void addFormatters(FormatterRegistry formats) {
        formats.addConverter(String.class, LocalDate.class, text -> text.isEmpty() ? null : LocalDate.parse(text));
        formats.addConverter(String.class, String.class, TypedText::normalized);
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new IfMatch.Versions());
    }

    @Override
    public void addInterceptors(InterceptorRegistry interceptors) {
        interceptors.addInterceptor(new IfMatch.Versions()).addPathPatterns("/api/**");
        interceptors.addInterceptor(new DeadLetterTurns()).addPathPatterns(DeadLetterTurns.PATHS);
    }

    /** A number is no text and no date: what comes in is not bent until it fits. */
    @Bean
    JsonMapperBuilderCustomizer nothingIsCoerced() {
        return json -> List.of(LogicalType.Textual, LogicalType.Enum, LogicalType.DateTime)
                .forEach(type -> json.withCoercionConfig(type,
                        coercion -> List.of(CoercionInputShape.Integer, CoercionInputShape.Float,
                                CoercionInputShape.Boolean)
                                .forEach(shape -> coercion.setCoercion(shape, CoercionAction.Fail))));
    }

    /** The same for texts in JSON as for those in forms and parameters. */
    @Bean
    JsonMapperBuilderCustomizer textsInOneForm() {
        return json -> json.addModule(
                new SimpleModule("typed-text").addDeserializer(String.class, new NormalizedStrings()));
    }

    @Bean
    @ConditionalOnProperty("ates.mail-from")
    GeneratedMails generatedMails(@Value("${ates.mail-from}") String sender, MessageSource messages,
            Clock clock) {
        return new GeneratedMails(sender, messages, clock);
    }

    /** Later than Boot's own valve, and so nearer to the request. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsOfTomcat() {
        return tomcat -> tomcat.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new ProblemErrors.Valve()));
    }

    /** Before all filters, the one of the limit of requests included. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodyArrival() {
        return tomcat -> {
            tomcat.addContextCustomizers(context -> context.getParent().getPipeline().addValve(new BodyArrival()));
            tomcat.addConnectorCustomizers(connector -> {
                connector.setProperty("disableUploadTimeout", "false");
                connector.setProperty("connectionUploadTimeout", "5000");
            });
        };
    }

    /** Boot's own leaves out error pages: what a request that the container refused calls a charset may be none. */
    @Bean
    CharacterEncodingFilter characterEncodingFilter() {
        var filter = new OrderedCharacterEncodingFilter() {

            @Override
            protected boolean shouldNotFilterErrorDispatch() {
                return false;
            }
        };
        filter.setEncoding(StandardCharsets.UTF_8.name());
        filter.setForceRequestEncoding(true);
        return filter;
    }

    /** Before all other filters, those of error pages included, so that none sees another address. */
    @Bean
    FilterRegistrationBean<PublicAddress> publicAddress(Environment environment,
            @Value("${spring.application.name}") String service, @Value("${ates.hosts:}") List<String> hosts,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var address = environment.getProperty("ates.services." + service.replace("-service", ""), URI.class);
        var names = new ArrayList<>(hosts);
        if (address != null && address.equals(environment.getProperty("ates.issuer", URI.class))) {
            // Other services reach the auth service at an address of its own.
            names.add(environment.getRequiredProperty("ates.auth-address", URI.class).getHost());
        }
        var registration = new FilterRegistrationBean<>(
                new PublicAddress(address, names, new EarlyRefusals(problems)));
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ERROR);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    FilterRegistrationBean<RequestLimit> requestLimit(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(new RequestLimit(new EarlyRefusals(problems)));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return registration;
    }

    @Bean
    FilterRegistrationBean<BodyLimit> bodyLimit(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(new BodyLimit(new EarlyRefusals(problems)));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 11);
        return registration;
    }

    /** Before Spring Security's filters, some of which read parameters to sign people in. */
    @Bean
    FilterRegistrationBean<RequestCheck> requestCheck(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(new RequestCheck(new EarlyRefusals(problems), false));
        registration.setName("requestCheck");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 12);
        return registration;
    }

    /** Behind Spring Security's filters: callers who may not call the API learn nothing about parameters and body. */
    @Bean
    FilterRegistrationBean<RequestCheck> apiRequestCheck(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(new RequestCheck(new EarlyRefusals(problems), true));
        registration.setName("apiRequestCheck");
        registration.setOrder(Ordered.LOWEST_PRECEDENCE - 1);
        return registration;
    }

    /** A rejection by Spring Security's firewall is a problem, too, of the path of the request. */
    @Bean
    RequestRejectedHandler rejectedRequests(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return new EarlyRefusals(problems)::refuse;
    }

    @Bean
    IdempotencyKeys idempotencyKeys(JdbcClient db) {
        return new IdempotencyKeys(db);
    }

    @Bean
    @ConditionalOnBean(UserCopy.class)
    UsersListener usersListener(@Value(UsersListener.CONSUMER) String consumer, Inbox inbox, UserCopy users,
            IdempotencyKeys answers) {
        return new UsersListener(consumer, inbox, users, answers);
    }

    @Bean
    OnceOnly onceOnly(IdempotencyKeys keys, PlatformTransactionManager transactions) {
        return new OnceOnly(keys, new TransactionTemplate(transactions));
    }

    /** Behind Spring Security's filters: the caller is known, and allowed to call. */
    @Bean
    FilterRegistrationBean<IdempotencyFilter> idempotencyFilter(OnceOnly onceOnly,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        var registration = new FilterRegistrationBean<>(new IdempotencyFilter(onceOnly, problems));
        registration.addUrlPatterns("/api/*");
        return registration;
    }

    /** Behind them as well. */
    @Bean
    FilterRegistrationBean<FormFilter> formFilter(OnceOnly onceOnly, HandlerAccess handlers) {
        return new FilterRegistrationBean<>(new FormFilter(onceOnly, handlers));
    }

    @Bean
    RecurringTask<Void> forgetOldIdempotencyKeys(IdempotencyKeys keys) {
        return Tasks.recurring("forget-old-idempotency-keys", FixedDelay.of(Duration.ofHours(1)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> keys.forgetAllOld());
    }

    /** Reads every text in JSON in the form of {@link TypedText}. */
    private static final class NormalizedStrings extends StringDeserializer {

        @Override
        public String deserialize(JsonParser json, DeserializationContext context) {
            return TypedText.normalized(super.deserialize(json, context));
        }
    }

    /**
     * Forms are bound from parameters only: Spring takes a header, such as {@code limit: 3} or {@code limit.x: 3}, for
     * one.
     */
    @ControllerAdvice
    static final class NothingFromHeaders {

        @InitBinder
        void ignoreHeaders(WebDataBinder binder) {
            if (binder instanceof ExtendedServletRequestDataBinder form) {
                form.setHeaderPredicate(_ -> false);
            }
        }
    }
}
