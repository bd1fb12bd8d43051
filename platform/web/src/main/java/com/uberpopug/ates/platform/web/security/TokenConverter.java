package com.uberpopug.ates.platform.web.security;

import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.core.convert.converter.Converter;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.transaction.TransactionException;

/** Turns a valid token into a caller whose role is today's: a deactivated user has none, and is refused everywhere. */
final class TokenConverter implements Converter<Jwt, AbstractAuthenticationToken> {

    private final UserDirectory users;

    TokenConverter(UserDirectory users) {
        this.users = users;
    }

    @Override
    public AbstractAuthenticationToken convert(Jwt token) {
        var authorities = role(token).map(role -> List.of(new SimpleGrantedAuthority(role.authority())))
                .orElse(List.of());
        return new JwtAuthenticationToken(token, authorities, String.valueOf(token.getSubject()));
    }

    private Optional<Role> role(Jwt token) {
        try {
            return userId(token).flatMap(id -> users.find(id).or(() -> fromToken(token)))
                    .filter(Membership::active).map(Membership::role);
        } catch (DataAccessException | TransactionException away) {
            throw new AuthenticationServiceException("The users cannot be read now", away);
        }
    }

    private static Optional<UUID> userId(Jwt token) {
        try {
            return Optional.of(UUID.fromString(String.valueOf(token.getSubject())));
        } catch (IllegalArgumentException e) {
            // A machine's token: it has no role, and what machines may do goes by scope.
            return Optional.empty();
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
