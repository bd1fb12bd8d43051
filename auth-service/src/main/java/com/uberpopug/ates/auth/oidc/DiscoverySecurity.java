package com.uberpopug.ates.auth.oidc;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.filter.OncePerRequestFilter;

/** Answers {@code HEAD} for the documents that Spring Security offers to {@code GET} only; Tomcat leaves out the body. */
@Configuration(proxyBeanMethods = false)
class DiscoverySecurity {

    @Bean
    FilterRegistrationBean<OncePerRequestFilter> headsOfDiscovery() {
        var registration = new FilterRegistrationBean<OncePerRequestFilter>(new AsGet());
        registration.addUrlPatterns("/oauth2/jwks", "/.well-known/*");
        registration.setOrder(SecurityFilterProperties.DEFAULT_FILTER_ORDER - 1);
        return registration;
    }

    private static final class AsGet extends OncePerRequestFilter {

        @Override
        protected boolean shouldNotFilter(HttpServletRequest request) {
            return !HttpMethod.HEAD.matches(request.getMethod());
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            chain.doFilter(new HttpServletRequestWrapper(request) {
                @Override
                public String getMethod() {
                    return HttpMethod.GET.name();
                }
            }, response);
        }
    }
}
