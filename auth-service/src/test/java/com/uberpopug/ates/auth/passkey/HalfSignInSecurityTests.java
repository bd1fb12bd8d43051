package com.uberpopug.ates.auth.passkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.uberpopug.ates.auth.user.SecondFactor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

class HalfSignInSecurityTests {

    private static final Instant PASSWORD_AT = Instant.parse("2026-11-29T12:00:00Z");
    private static final UUID USER = UUID.randomUUID();

    @AfterEach
    void forget() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void password_waits_ten_minutes_for_the_passkey_and_opens_nothing_meanwhile() throws Exception {
        assertThat(HalfSignInSecurity.user(after(Duration.ofMinutes(10).minusMillis(1), true))).contains(USER);
        assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
        assertThat(HalfSignInSecurity.user(after(Duration.ofMinutes(10), true))).isEmpty();
        assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
    }

    @Test
    void sign_in_with_all_factors_stays() throws Exception {
        assertThat(HalfSignInSecurity.user(after(Duration.ofHours(7), false))).isEmpty();
        assertThat(SecurityContextHolder.getContext().getAuthentication()).isNotNull();
    }

    private static MockHttpServletRequest after(Duration time, boolean isMissing) throws Exception {
        var secondFactor = mock(SecondFactor.class);
        when(secondFactor.isMissing(any())).thenReturn(isMissing);
        SecurityContextHolder.getContext().setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                USER.toString(), null, List.of(FactorGrantedAuthority
                        .withAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY).issuedAt(PASSWORD_AT).build())));
        var request = new MockHttpServletRequest();
        new HalfSignInSecurity(secondFactor, Clock.fixed(PASSWORD_AT.plus(time), ZoneOffset.UTC)).doFilter(request,
                new MockHttpServletResponse(), new MockFilterChain());
        return request;
    }
}
