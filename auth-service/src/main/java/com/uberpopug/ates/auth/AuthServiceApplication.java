package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.events.ServiceStart;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The auth service: users, their sign-in, and the tokens that every other service trusts. */
@SpringBootApplication
@OpenAPIDefinition(info = @Info(title = "aTES users", version = "1.0.0", description = "Users and their roles. Sign-in is OpenID Connect, see `/.well-known/openid-configuration`."))
@ConfigurationPropertiesScan
public class AuthServiceApplication {

    public static void main(String[] args) {
        ServiceStart.run(AuthServiceApplication.class, args);
    }
}
