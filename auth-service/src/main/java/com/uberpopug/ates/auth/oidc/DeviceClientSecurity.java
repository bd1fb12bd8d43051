package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.auth.attempt.DeviceSecurity;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.stereotype.Component;

/**
 * Identifies a client without a secret in the requests of the device flow. Spring identifies such clients by PKCE only,
 * which this flow does not have: the secret is the device code.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8628#section-3.1">RFC 8628, Device Authorization Request</a>
 */
@Component
public class DeviceClientSecurity {

    private static final String DEVICE = "ates.device";

    private final RegisteredClientRepository clients;
    private final HttpServletRequest current;

    /** @param current the request of the calling thread */
    DeviceClientSecurity(RegisteredClientRepository clients, HttpServletRequest current) {
        this.clients = clients;
        this.current = current;
    }

    /** Where the current request comes from. */
    String source() {
        return DeviceSecurity.origin(current).source();
    }

    /** The client that a request names; null for other requests and for clients with credentials. */
    public static @Nullable Authentication named(HttpServletRequest request) {
        boolean begins = request.getServletPath().equals(ProtocolSecurity.DEVICE_AUTHORIZATION);
        boolean polls = AuthorizationGrantType.DEVICE_CODE.getValue()
                .equals(request.getParameter(OAuth2ParameterNames.GRANT_TYPE));
        var client = request.getParameter(OAuth2ParameterNames.CLIENT_ID);
        return (begins || polls) && client != null && !client.isBlank()
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null
                && request.getParameter(OAuth2ParameterNames.CLIENT_SECRET) == null
                && request.getParameter(OAuth2ParameterNames.CLIENT_ASSERTION) == null
                        ? new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null,
                                Map.of(DEVICE, true))
                        : null;
    }

    /** Not a bean, because a bean of this type would add a way to sign in. */
    public AuthenticationProvider provider() {
        return new AuthenticationProvider() {
            @Override
            public @Nullable Authentication authenticate(Authentication request) {
                var named = (OAuth2ClientAuthenticationToken) request;
                return named.getAdditionalParameters().containsKey(DEVICE) ? known(named.getName()) : null;
            }

            @Override
            public boolean supports(Class<?> authentication) {
                return OAuth2ClientAuthenticationToken.class.isAssignableFrom(authentication);
            }
        };
    }

    private Authentication known(String name) {
        var client = clients.findByClientId(name);
        if (client == null || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE)) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
        }
        return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
    }
}
