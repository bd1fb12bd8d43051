package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.oidc.OidcProperties;
import com.uberpopug.ates.auth.user.Users;
import jakarta.servlet.RequestDispatcher;
import java.security.Principal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;

/** The sign-in page, and the page of who is signed in, with the ways on and out. */
@Controller
class SignInPages {

    private final Users users;
    private final OidcProperties properties;

    SignInPages(Users users, OidcProperties properties) {
        this.users = users;
        this.properties = properties;
    }

    @GetMapping("/login")
    String signIn() {
        return "sign-in";
    }

    /** For browsers; everyone else gets the platform's problem. */
    @RequestMapping(path = "/error", produces = MediaType.TEXT_HTML_VALUE)
    String error(
            @RequestAttribute(name = RequestDispatcher.ERROR_STATUS_CODE, required = false) @Nullable Integer status,
            Model model) {
        model.addAttribute("status", status == null ? HttpStatus.NOT_FOUND.value() : status);
        return "error";
    }

    @GetMapping("/")
    String home(Principal signedIn, Model model) {
        model.addAttribute("name",
                users.findById(UUID.fromString(signedIn.getName())).orElseThrow().profile().displayName());
        model.addAttribute("services", properties.webClients());
        return "home";
    }
}
