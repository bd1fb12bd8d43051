package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.passkey.HalfSignInSecurity;
import com.uberpopug.ates.auth.passkey.Passkeys;
import com.uberpopug.ates.auth.user.Users;
import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.ReturnPage;
import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
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
    private final SignInAgain again;
    private final Users users;
    private final Passkeys passkeys;

    SignInPages(PageProperties pages, ReturnPage returnPage, SignInAgain again, Users users, Passkeys passkeys) {
        this.pages = pages;
        this.returnPage = returnPage;
        this.again = again;
        this.users = users;
        this.passkeys = passkeys;
    }

    /** Shows the form with the result of the last attempt, or with the signed-in user, who may have to use it. */
    @GetMapping("/login")
    @AllowedToAnyone
    String form(@Nullable Principal signedIn, HttpServletRequest request, Model model) {
        model.addAttribute("goOn", goOn(request));
        if (signedIn != null && isNeededAgain(request, signedIn) && request.getParameter("already") == null) {
            users.findById(UUID.fromString(signedIn.getName()))
                    .ifPresent(user -> model.addAttribute("again", user.login()));
        }
        HalfSignInSecurity.user(request).flatMap(users::findById).ifPresent(user -> {
            model.addAttribute("half", user.profile().displayName());
            model.addAttribute("hasPasskey", !passkeys.of(user.id()).isEmpty());
        });
        return "sign-in";
    }

    /** Another tab has signed in meanwhile: this one continues to its own page. */
    @GetMapping(path = "/login", params = {ReturnPage.PARAMETER, "!already", "!wrong", "!locked", "!deactivated",
            "!busy",
            "!signed-out"})
    @AllowedToAnyone
    String signIn(@Nullable Principal signedIn, HttpServletRequest request, Model model) {
        return signedIn == null || isNeededAgain(request, signedIn)
                ? form(signedIn, request, model)
                : "redirect:" + goOn(request);
    }

    /** The target of a client that could not sign its user out by itself. */
    @GetMapping(SIGN_OUT)
    @AllowedToAnyone
    String signOut(@Nullable Principal signedIn, HttpServletRequest request, Model model) {
        model.addAttribute("goOn", goOn(request));
        return signedIn == null ? "redirect:" + SIGNED_OUT : "sign-out";
    }

    private boolean isNeededAgain(HttpServletRequest request, Principal signedIn) {
        return signedIn instanceof Authentication user
                && returnPage.of(request).filter(page -> again.isNeeded(page, user)).isPresent();
    }

    private String goOn(HttpServletRequest request) {
        return returnPage.of(request).map(SignInAgain::unmarked).orElse(pages.services().tasks().toString());
    }
}
