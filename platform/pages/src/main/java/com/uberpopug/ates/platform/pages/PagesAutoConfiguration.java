package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.CachedGauge;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.TopicReader;
import com.uberpopug.ates.platform.web.RequestKind;
import com.uberpopug.ates.platform.web.WebAutoConfiguration;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.session.config.SessionRepositoryCustomizer;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.LocaleResolver;

/** Configures pages: their layout, access to them, and live updates. */
@AutoConfiguration(after = WebAutoConfiguration.class, before = {WebMvcAutoConfiguration.class,
        ErrorMvcAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class})
@EnableConfigurationProperties(PageProperties.class)
@Import({SignIn.class, LiveController.class, PipelinePage.class, SecurityText.class})
public class PagesAutoConfiguration {

    /**
     * The lock keeps the session until the attribute is stored. The format's argument is the order of the parameters.
     */
    private static final String ATTRIBUTE = """
            insert into %%TABLE_NAME%%_attributes (session_primary_id, attribute_name, attribute_bytes)
            select session.primary_id, given.name, given.bytes
              from (values (?, ?, ?)) as given (%s)
              join %%TABLE_NAME%% as session on session.primary_id = given.id
               for key share of session
            on conflict (session_primary_id, attribute_name) do update set attribute_bytes = excluded.attribute_bytes
            """;

    @Bean
    ShellFilter shellFilter(UserDirectory users, PageProperties properties,
            @Value("${spring.application.name}") String name, @Qualifier("pipelineIsUp") BooleanSupplier pipeline) {
        var up = new CachedGauge<>(pipeline::getAsBoolean);
        return new ShellFilter(users, name.replace("-service", ""), properties.services(),
                () -> up.latest().map(isUp -> !isUp).orElse(false));
    }

    /** The filter runs in the security chain of pages, not for each request. */
    @Bean
    FilterRegistrationBean<ShellFilter> shellFilterElsewhere(ShellFilter filter) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.setEnabled(false);
        return registration;
    }

    @Bean
    FilterRegistrationBean<WholeFiles> wholeFiles() {
        var registration = new FilterRegistrationBean<>(new WholeFiles());
        registration.addUrlPatterns("/shell/*", "/webjars/*");
        return registration;
    }

    @Bean
    PageSecurity pageSecurity(ShellFilter shell, CsrfTokenRepository formTokens) {
        return new PageSecurity(shell, formTokens);
    }

    @Bean
    CsrfTokenRepository formTokens(PageProperties properties, @Value("${spring.application.name}") String name) {
        return new FormTokens(properties.clientSecret(), name + " forms");
    }

    @Bean
    SealedText sealedText(PageProperties properties, @Value("${spring.application.name}") String name) {
        return new SealedText(properties.clientSecret(), name + " sign-in");
    }

    @Bean
    ReturnPage returnPage(SealedText sealed) {
        return new ReturnPage(sealed);
    }

    @Bean
    SeparateFlashMaps flashMapManager() {
        return new SeparateFlashMaps();
    }

    /**
     * Requests of one session run concurrently, and during its end. A write replaces an attribute that another request
     * has added, restores one that another has removed, and drops one whose session has ended.
     */
    @Bean
    SessionRepositoryCustomizer<JdbcIndexedSessionRepository> requestsOfOneSession() {
        return sessions -> {
            sessions.setCreateSessionAttributeQuery(ATTRIBUTE.formatted("id, name, bytes"));
            sessions.setUpdateSessionAttributeQuery(ATTRIBUTE.formatted("bytes, id, name"));
        };
    }

    @Bean
    PageErrors pageErrors(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems, ShellFilter shell) {
        return new PageErrors(problems, shell);
    }

    @Bean
    LiveUpdates liveUpdates(ObjectProvider<LiveSource> source, Inbox inbox, TopicReader topics, UserDirectory users,
            JdbcClient db) {
        return new LiveUpdates(source.getIfAvailable(), inbox, topics, new LiveAccess(users, db));
    }

    @Bean
    static SessionSecrets sessionSecrets() {
        return new SessionSecrets();
    }

    @Bean
    static BeanPostProcessor sessionCookies(SessionSecrets secrets) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof CookieSerializer cookies ? new SessionCookies(cookies, secrets) : bean;
            }
        };
    }

    /** For work on templates; {@code ./ates up} sets the property. */
    @Bean
    @ConditionalOnProperty("ates.templates")
    SourceTemplates sourceTemplates(@Value("${ates.templates}") List<String> directories) {
        return new SourceTemplates(directories.stream().map(Path::of).toList());
    }

    @Bean
    static ScriptVersion scriptVersion() {
        return new ScriptVersion();
    }

    /**
     * Pages use the viewer's language. The API's texts are English, and the constraints' messages in them, too. Spring's {@code CookieLocaleResolver}
     * would apply the cookie to the API as well, and accept languages without texts.
     */
    @Bean
    LocaleResolver localeResolver() {
        return new LocaleResolver() {
            @Override
            public Locale resolveLocale(HttpServletRequest request) {
                return RequestKind.isApi(request)
                        ? Locale.ENGLISH
                        : Shell.of(request).map(Shell::getLocale).orElseGet(() -> Shell.accepted(request));
            }

            @Override
            public void setLocale(HttpServletRequest request, @Nullable HttpServletResponse response,
                    @Nullable Locale locale) {
                throw new UnsupportedOperationException("The pages' script stores the choice in a cookie");
            }
        };
    }
}
