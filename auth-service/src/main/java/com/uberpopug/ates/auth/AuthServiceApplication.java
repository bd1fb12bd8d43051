package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.events.ServiceStart;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Who the popugs are: their accounts, their sign-in, and the tokens that every other service trusts. */
@SpringBootApplication
@OpenAPIDefinition(info = @Info(title = "aTES users", version = "1.0.0", description = "Who the popugs are. Signing in is OpenID Connect, see `/.well-known/openid-configuration`."))
@ConfigurationPropertiesScan
public class AuthServiceApplication {

    public static void main(String[] args) {
        ServiceStart.run(AuthServiceApplication.class, args);
    }
}
