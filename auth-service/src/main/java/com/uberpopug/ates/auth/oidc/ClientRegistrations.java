package com.uberpopug.ates.auth.oidc;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.server.authorization.client.JdbcRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.stereotype.Component;

/** The registered clients: the configuration, written to the database at every start. */
@Component
@DependsOnDatabaseInitialization
class ClientRegistrations extends JdbcRegisteredClientRepository implements InitializingBean {

    /** The client without a secret, by which people sign in at a command line. */
    static final String COMMAND_LINE = "ates-cli";
    static final String COMMAND_LINE_SCOPE = OidcScopes.PROFILE;
    /** Time to open a browser, to sign in, and to compare the code. */
    private static final Duration DEVICE_CODE_LIVES = Duration.ofMinutes(10);
    private static final Duration ACCESS_TOKEN_LIVES = Duration.ofMinutes(5);

    private final OidcProperties properties;

    ClientRegistrations(JdbcOperations jdbc, OidcProperties properties) {
        super(jdbc);
        this.properties = properties;
    }

    /** Instances that start together write the same rows; a client that is no longer configured is removed. */
    @Override
    public void afterPropertiesSet() {
        var clients = configured();
        clients.forEach(this::save);
        getJdbcOperations().update("delete from oauth2_registered_client where id <> all (?)",
                (Object) clients.stream().map(RegisteredClient::getId).toArray(String[]::new));
    }

    @Override
    public void save(RegisteredClient client) {
        getJdbcOperations().update("""
                insert into oauth2_registered_client (id, client_id, client_id_issued_at, client_secret,
                       client_secret_expires_at, client_name, client_authentication_methods,
                       authorization_grant_types, redirect_uris, post_logout_redirect_uris, scopes, client_settings,
                       token_settings)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update
                   set client_secret = excluded.client_secret,
                       client_authentication_methods = excluded.client_authentication_methods,
                       authorization_grant_types = excluded.authorization_grant_types,
                       redirect_uris = excluded.redirect_uris,
                       post_logout_redirect_uris = excluded.post_logout_redirect_uris,
                       scopes = excluded.scopes,
                       client_settings = excluded.client_settings,
                       token_settings = excluded.token_settings
                """,
                new ArgumentPreparedStatementSetter(getRegisteredClientParametersMapper().apply(client).toArray()));
    }

    /** Client names also come from headers and assertions. A name that PostgreSQL cannot store belongs to no client. */
    @Override
    public @Nullable RegisteredClient findByClientId(String clientId) {
        return clientId.indexOf(0) < 0 ? super.findByClientId(clientId) : null;
    }

    private List<RegisteredClient> configured() {
        var web = properties.webClients().entrySet().stream().map(client -> signingIn(client.getKey())
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientSecret(ClientSecrets.hash(client.getValue().secret()))
                .redirectUri(client.getValue().address() + "/login/oauth2/code/ates")
                .postLogoutRedirectUri(client.getValue().address() + "/"));
        var commandLine = client(COMMAND_LINE)
                .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                .authorizationGrantType(AuthorizationGrantType.DEVICE_CODE)
                .scope(COMMAND_LINE_SCOPE);
        var machines = properties.machineClients().entrySet().stream()
                .filter(machine -> !machine.getValue().secret().isBlank()).map(machine -> client(machine.getKey())
                        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                        .clientSecret(ClientSecrets.hash(machine.getValue().secret()))
                        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                        .scopes(scopes -> scopes.addAll(machine.getValue().scopes())));
        return Stream
                .of(web, properties.commandLine() ? Stream.of(commandLine) : Stream.<RegisteredClient.Builder>empty(),
                        machines)
                .flatMap(each -> each)
                .map(RegisteredClient.Builder::build).toList();
    }

    private static RegisteredClient.Builder signingIn(String name) {
        return client(name).authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .scope(OidcScopes.OPENID).scope(OidcScopes.PROFILE);
    }

    private static RegisteredClient.Builder client(String name) {
        return RegisteredClient.withId(name).clientId(name)
                .clientSettings(
                        ClientSettings.builder().requireProofKey(true).requireAuthorizationConsent(false).build())
                .tokenSettings(TokenSettings.builder().accessTokenTimeToLive(ACCESS_TOKEN_LIVES)
                        .deviceCodeTimeToLive(DEVICE_CODE_LIVES).build());
    }
}
