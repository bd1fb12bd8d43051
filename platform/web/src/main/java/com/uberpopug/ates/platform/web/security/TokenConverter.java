package com.uberpopug.ates.platform.web.security;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.core.convert.converter.Converter;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;
import org.springframework.transaction.TransactionException;

/**
 * Turns a valid token into a caller whose role is today's: a deactivated user has none, and is refused everywhere. A
 * machine, whose subject is no user's id, has its token's scopes instead.
 */
final class TokenConverter implements Converter<Jwt, AbstractAuthenticationToken> {

    private final JwtGrantedAuthoritiesConverter scopes = new JwtGrantedAuthoritiesConverter();
    private final UserDirectory users;

    TokenConverter(UserDirectory users) {
        this.users = users;
    }

    @Override
    public AbstractAuthenticationToken convert(Jwt token) {
        return new JwtAuthenticationToken(token, authorities(token), String.valueOf(token.getSubject()));
    }

    private Collection<GrantedAuthority> authorities(Jwt token) {
        return Ids.parsed(token.getSubject()).map(user -> role(user, token).<Collection<GrantedAuthority>>map(
                role -> List.of(new SimpleGrantedAuthority(role.authority()))).orElse(List.of()))
                .orElseGet(() -> scopes.convert(token));
    }

    private Optional<Role> role(UUID user, Jwt token) {
        try {
            return users.find(user).or(() -> fromToken(token)).filter(Membership::active).map(Membership::role);
        } catch (DataAccessException | TransactionException away) {
            throw new AuthenticationServiceException("The users cannot be read now", away);
        }
    }

    private static Optional<Membership> fromToken(Jwt token) {
        var roles = token.getClaimAsStringList("roles");
        return roles == null
                ? Optional.empty()
                : roles.stream().flatMap(role -> Role.of(role).stream()).findFirst()
                        .map(role -> new Membership(role, true));
    }
}
