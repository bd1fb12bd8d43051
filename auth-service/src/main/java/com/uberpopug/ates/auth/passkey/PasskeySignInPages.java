package com.uberpopug.ates.auth.passkey;

import com.uberpopug.ates.auth.passkey.Passkeys.Question;
import com.uberpopug.ates.auth.passkey.Passkeys.Registration;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.ReturnPage;
import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * Asks for a passkey at sign-in, and lets users register their first one right after the password if they need one.
 * Spring Security handles the answer.
 */
@Controller
class PasskeySignInPages implements BlankIsNothing {

    private static final String NEW = PasskeySecurity.PATH + "/new";
    private static final String FIRST = PasskeySecurity.PATH + "/first";
    /** Longer labels are dropped: the session keeps the label meanwhile. */
    private static final int MAX_KEPT = 1_000;

    private final Passkeys passkeys;
    private final ReturnPage returnPage;

    PasskeySignInPages(Passkeys passkeys, ReturnPage returnPage) {
        this.passkeys = passkeys;
        this.returnPage = returnPage;
    }

    /** A question for each click; it costs no row, and is of use for five minutes. */
    @GetMapping(path = PasskeySecurity.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseBody
    @AllowedToAnyone
    Question ask(HttpServletRequest request) {
        return passkeys.askToSignIn(HalfSignInSecurity.user(request).orElse(null));
    }

    /** For a page that is loaded again. */
    @GetMapping({NEW, FIRST})
    @AllowedToAnyone
    ModelAndView startAgain(HttpServletRequest request) {
        return signIn("", request);
    }

    @PostMapping(NEW)
    @AllowedToAnyone
    ModelAndView askForFirst(@Valid @ModelAttribute("passkey") PasskeyPages.Label label, BindingResult errors,
            HttpServletRequest request, RedirectAttributes next) {
        var user = withoutPasskey(request);
        if (user.isEmpty()) {
            return signIn("", request);
        }
        if (errors.hasErrors()) {
            keep(label, next);
            return signIn("?passkey-label", request);
        }
        return new ModelAndView("new-passkey").addObject("question", passkeys.askToRegister(user.get(), label.label()))
                .addObject("target", FIRST).addObject("label", label.label());
    }

    /** The passkey then has to be used: that it works is seen at once. */
    @PostMapping(FIRST)
    @AllowedToAnyone
    ModelAndView registerFirst(@RequestParam @Nullable String challenge,
            @RequestParam @Nullable String credential, @ModelAttribute("passkey") PasskeyPages.Label label,
            HttpServletRequest request, RedirectAttributes next) {
        var user = withoutPasskey(request);
        if (user.isEmpty()) {
            return signIn("", request);
        }
        if (passkeys.register(user.get(), challenge, credential) instanceof Registration.Done) {
            return signIn("?passkey-registered", request);
        }
        keep(label, next);
        return signIn("?passkey-refused", request);
    }

    /** Shows the typed label again. */
    private static void keep(PasskeyPages.Label typed, RedirectAttributes next) {
        if (typed.label() != null && typed.label().length() <= MAX_KEPT) {
            next.addFlashAttribute("label", typed.label());
        }
    }

    /** Who has one already uses it: a password alone adds no second one. */
    private Optional<UUID> withoutPasskey(HttpServletRequest request) {
        return HalfSignInSecurity.user(request).filter(user -> passkeys.of(user).isEmpty());
    }

    private ModelAndView signIn(String result, HttpServletRequest request) {
        return new ModelAndView("redirect:" + returnPage.passOn("/login" + result, request), HttpStatus.SEE_OTHER);
    }
}
