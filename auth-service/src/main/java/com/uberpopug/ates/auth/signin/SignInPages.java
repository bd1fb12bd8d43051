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

/** The sign-in page; what it is sent is handled by Spring Security. */
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

    /** Shows the form with what became of the last one, or who is signed in already. */
    @GetMapping("/login")
    @AllowedToAnyone
    String form(HttpServletRequest request, Model model) {
        model.addAttribute("goOn", goOn(request));
        return "sign-in";
    }

    /** A tab that was on its way to a page goes there once somebody has signed in beside it. */
    @GetMapping(path = "/login", params = {ReturnPage.PARAMETER, "!already", "!wrong", "!locked", "!deactivated",
            "!signed-out"})
    @AllowedToAnyone
    String signIn(@Nullable Principal signedIn, HttpServletRequest request, Model model) {
        return signedIn == null ? form(request, model) : "redirect:" + goOn(request);
    }

    /** Where a client leads whom it cannot sign out by itself. */
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
