package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.RSAKey;
import com.uberpopug.ates.platform.test.AccessMatrix;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * Who may call what. The tokens here are well signed, but not of a sign-in, so that the protocol's own endpoints know
 * none of them; {@link TokenTests} has those that they know.
 */
@ServiceTest(database = "auth", properties = {"ates.demo=true", "ates.issuer=http://localhost:9000"})
class AccessMatrixTests extends AccessMatrix {

    @Autowired
    ApplicationContext context;
    @LocalServerPort
    int itsPort;

    private final AtomicReference<Api> admin = new AtomicReference<>();

    @Override
    protected String table() {
        return """
                GET    /                              users
                GET    /profile                       users
                POST   /profile                       users
                GET    /password                      users
                POST   /password                      users
                GET    /users                         admin
                GET    /users/new                     admin
                POST   /users                         admin
                GET    /users/{id}                    admin
                POST   /users/{id}                    admin
                GET    /users/{id}/active             admin
                POST   /users/{id}/active             admin
                GET    /users/{id}/deactivate         admin
                GET    /users/{id}/password-link/new  admin
                GET    /users/{id}/password-link      admin
                POST   /users/{id}/password-link      admin
                GET    /security                      admin
                GET    /api/security-events           admin
                GET    /users/{id}/passkeys           admin
                POST   /users/{id}/passkeys           admin
                GET    /passkeys                      users
                POST   /passkeys                      users
                GET    /passkeys/new                  users
                POST   /passkeys/new                  users
                GET    /passkeys/remove               none
                POST   /passkeys/remove               none
                GET    /login/passkey                 anyone
                POST   /login/passkey                 protocol
                GET    /login/passkey/new             anyone
                POST   /login/passkey/new             anyone
                GET    /login/passkey/first           anyone
                POST   /login/passkey/first           anyone
                GET    /api/users                     admin
                POST   /api/users                     admin
                GET    /api/users/me                  users
                GET    /api/users/{id}                admin
                PATCH  /api/users/{id}                admin
                DELETE /api/users/{id}                admin
                POST   /api/users/{id}/password-link  admin
                POST   /api/users/{id}/announcement   admin
                GET    /first-password                anyone
                POST   /first-password                anyone
                GET    /login                         anyone
                POST   /login                         protocol
                GET    /sign-out                      anyone
                GET    /oauth2/authorize              protocol
                POST   /oauth2/authorize              protocol
                POST   /oauth2/token                  client
                POST   /oauth2/introspect             client
                POST   /oauth2/revoke                 client
                GET    /oauth2/jwks                   anyone
                GET    /userinfo                      protocol
                POST   /userinfo                      protocol
                GET    /connect/logout                protocol
                POST   /connect/logout                protocol
                POST   /oauth2/device_authorization   client
                GET    /oauth2/device_verification    protocol
                POST   /oauth2/device_verification    protocol
                GET    /device                        users
                GET    /device/consent                users
                POST   /oauth2/par                    protocol
                GET    /.well-known/openid-configuration       anyone, hidden
                GET    /.well-known/oauth-authorization-server anyone, hidden
                """;
    }

    @Override
    protected String path(String method, String pattern, UUID owner) {
        return pattern.replace("{id}", method.equals("DELETE") || pattern.endsWith("/active")
                ? user(Role.POPUG, Account.ACTIVE).toString()
                : owner.toString());
    }

    @Override
    protected UUID user(Role role, Account account) {
        if (admin.get() == null) {
            admin.set(new Api(itsPort, "admin"));
        }
        var api = admin.get();
        var id = api.create("matrix-" + UUID.randomUUID());
        api.change(id, "{\"role\": \"%s\", \"active\": %s}".formatted(role.wire(), account != Account.DEACTIVATED));
        if (account == Account.ERASED) {
            assertThat(api.delete("/api/users/" + id).statusCode()).isEqualTo(204);
        }
        return id;
    }

    @Override
    protected RSAKey key() {
        // Nothing but the encoder of tokens may have the private part.
        return Objects.requireNonNull(ReflectionTestUtils.invokeMethod(context.getBean("signingKeys"), "signing"));
    }

    @Override
    protected String issuer() {
        return "http://localhost:9000";
    }
}
