package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.ReturnPage;
import com.uberpopug.ates.platform.security.AllowedToAnyone;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** The sign-in page; what it is sent is handled by Spring Security. */
@Controller
class SignInPages {

    private static final String FORM = "sign-in";

    private final PageProperties pages;
    private final ReturnPage returnPage;

    SignInPages(PageProperties pages, ReturnPage returnPage) {
        this.pages = pages;
        this.returnPage = returnPage;
    }

    /** Shows the form with what became of the last one. */
    @GetMapping("/login")
    @AllowedToAnyone
    String form() {
        return FORM;
    }

    /** Shows the form to whom it is of use: a browser that goes back to it may be signed in already. */
    @GetMapping(path = "/login", params = {"!wrong", "!locked", "!deactivated", "!chosen"})
    @AllowedToAnyone
    String signIn(@Nullable Principal signedIn, HttpServletRequest request) {
        return signedIn == null
                ? FORM
                : "redirect:" + returnPage.of(request).orElse(pages.services().tasks().toString());
    }
}
