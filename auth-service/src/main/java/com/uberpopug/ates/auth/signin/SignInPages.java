package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.ReturnPage;
import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The sign-in page; Spring Security handles its form. */
@Controller
class SignInPages {

    static final String SIGN_OUT = "/sign-out";
    static final String SIGNED_OUT = "/login?signed-out";

    private final PageProperties pages;
    private final ReturnPage returnPage;

    SignInPages(PageProperties pages, ReturnPage returnPage) {
        this.pages = pages;
        this.returnPage = returnPage;
    }

    /** Shows the form with the result of the last attempt, or with the signed-in user. */
    @GetMapping("/login")
    @AllowedToAnyone
    String form(HttpServletRequest request, Model model) {
        model.addAttribute("goOn", goOn(request));
        return "sign-in";
    }

    /** Another tab has signed in meanwhile: this one continues to its own page. */
    @GetMapping(path = "/login", params = {ReturnPage.PARAMETER, "!already", "!wrong", "!locked", "!deactivated",
            "!signed-out"})
    @AllowedToAnyone
    String signIn(@Nullable Principal signedIn, HttpServletRequest request, Model model) {
        return signedIn == null ? form(request, model) : "redirect:" + goOn(request);
    }

    /** The target of a client that could not sign its user out by itself. */
    @GetMapping(SIGN_OUT)
    @AllowedToAnyone
    String signOut(@Nullable Principal signedIn, HttpServletRequest request, Model model) {
        model.addAttribute("goOn", goOn(request));
        return signedIn == null ? "redirect:" + SIGNED_OUT : "sign-out";
    }

    private String goOn(HttpServletRequest request) {
        return returnPage.of(request).orElse(pages.services().tasks().toString());
    }
}
