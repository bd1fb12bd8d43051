package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.SECRET_OF;
import static com.uberpopug.ates.auth.Browser.basic;

import com.uberpopug.ates.platform.test.AnswersWhileAway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

@AuthServiceTest
class DatabaseAwayTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    private static final String[] ACCEPTED = {"application/json", "text/html", "*/*"};

    @LocalServerPort
    int port;
    @Autowired
    ApplicationContext service;

    @Test
    void every_handler_and_openid_connect_endpoint_answers_503_while_the_database_is_away() {
        var browser = new Browser(port);
        var tokens = browser.tokens("tasks-service", TASKS, "admin");
        var cookie = browser.cookie("ATES_AUTH");
        var bearer = "Bearer " + tokens.accessToken();
        var client = basic("tasks-service", SECRET_OF + "tasks-service");
        var robot = basic("robot", SECRET_OF + "robot");
        var form = "application/x-www-form-urlencoded";
        var answers = new AnswersWhileAway(service, tokens.accessToken(), cookie);
        for (var accepted : ACCEPTED) {
            answers.with("POST", "/oauth2/token", "grant_type=client_credentials", "Authorization", robot,
                    "Content-Type", form, "Accept", accepted)
                    .with("POST", "/oauth2/token", "grant_type=authorization_code&code=a&code_verifier=b&redirect_uri="
                            + TASKS, "Authorization", client, "Content-Type", form, "Accept", accepted)
                    .with("POST", "/oauth2/token",
                            "grant_type=authorization_code&client_id=ates-cli&code=a&code_verifier=b", "Content-Type",
                            form, "Accept", accepted)
                    .with("POST", "/oauth2/introspect", "token=" + tokens.accessToken(), "Authorization", client,
                            "Content-Type", form, "Accept", accepted)
                    .with("POST", "/oauth2/revoke", "token=" + tokens.accessToken(), "Authorization", client,
                            "Content-Type", form, "Accept", accepted)
                    .with("GET", "/userinfo", "", "Authorization", bearer, "Accept", accepted)
                    .with("POST", "/userinfo", "", "Authorization", bearer, "Accept", accepted)
                    .with("GET", "/connect/logout?id_token_hint=" + tokens.idToken(), "", "Accept", accepted)
                    .with("GET", "/connect/logout?id_token_hint=" + tokens.idToken(), "", "Cookie", cookie, "Accept",
                            accepted)
                    .with("GET", Browser.authorize("tasks-service", TASKS, "v".repeat(43)), "", "Accept", accepted)
                    .with("GET", Browser.authorize("tasks-service", TASKS, "v".repeat(43)), "", "Cookie", cookie,
                            "Accept", accepted)
                    .with("POST", "/login", "username=anna&password=beak-anna", "Cookie", cookie, "Content-Type", form,
                            "Accept", accepted)
                    .with("POST", "/logout", "", "Cookie", cookie, "Content-Type", form, "Accept", accepted);
        }
        answers.assertAllAreAskedToComeAgain("/actuator/health/liveness", "/shell/icon.svg", "/oauth2/jwks",
                "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/v3/api-docs");
    }
}
