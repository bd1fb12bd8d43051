package com.uberpopug.ates.auth.signin;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** The sign-in page; what it is sent is handled by Spring Security. */
@Controller
class SignInPages {

    @GetMapping("/login")
    String signIn() {
        return "sign-in";
    }
}
