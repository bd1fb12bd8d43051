package com.uberpopug.ates.auth.passkey;

import com.uberpopug.ates.auth.passkey.Passkeys.Registration;
import com.uberpopug.ates.auth.user.SecondFactor;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page where users see, add and remove their own passkeys. */
@Controller
@RequestMapping("/passkeys")
class PasskeyPages implements BlankIsNothing {

    private static final String FORM = "passkey";
    private static final String BACK = "redirect:/passkeys";

    private final Passkeys passkeys;
    private final SecondFactor secondFactor;

    PasskeyPages(Passkeys passkeys, SecondFactor secondFactor) {
        this.passkeys = passkeys;
        this.secondFactor = secondFactor;
    }

    /** The name that a user gives to a passkey. */
    record Label(@NotNull @PlainText(min = 1, max = 100) String label) {
    }

    @GetMapping
    @AllowedToUsers
    ModelAndView list(Caller caller) {
        return new ModelAndView("passkeys").addObject("passkeys", passkeys.of(caller.id()))
                .addObject("most", Passkeys.MOST).addObject("required", secondFactor.isRequiredOf(caller.id()));
    }

    /** A passkey opens the account for good, so an open session is not enough to add one. */
    @GetMapping("/new")
    @AllowedToUsers
    @FreshSignIn
    ModelAndView form() {
        return new ModelAndView("passkey-label", FORM, new Label(""));
    }

    @PostMapping("/new")
    @AllowedToUsers
    @FreshSignIn
    ModelAndView ask(@Valid @ModelAttribute(FORM) Label label, BindingResult errors, Caller caller,
            RedirectAttributes next) {
        if (errors.hasErrors()) {
            return new ModelAndView("passkey-label", HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return passkeys.of(caller.id()).size() >= Passkeys.MOST
                ? back("passkeys.too-many", next)
                : new ModelAndView("new-passkey")
                        .addObject("question", passkeys.askToRegister(caller.id(), label.label()))
                        .addObject("target", "/passkeys").addObject("label", label.label());
    }

    @PostMapping
    @AllowedToUsers
    @FreshSignIn
    ModelAndView register(@RequestParam @Nullable String challenge, @RequestParam @Nullable String credential,
            Caller caller, RedirectAttributes next) {
        return back(switch (passkeys.register(caller.id(), challenge, credential)) {
            case Registration.Done() -> "passkeys.added";
            case Registration.Refused() -> "passkeys.refused";
            case Registration.TooMany() -> "passkeys.too-many";
        }, next);
    }

    @GetMapping("/remove")
    @AllowedToUsers
    @FreshSignIn
    ModelAndView removeQuestion(@RequestParam @Nullable String id, Caller caller) {
        return question(id, caller, HttpStatus.OK);
    }

    @PostMapping("/remove")
    @AllowedToUsers
    @FreshSignIn
    ModelAndView remove(@RequestParam @Nullable String id, @RequestParam(defaultValue = "false") boolean asked,
            Caller caller, RedirectAttributes next) {
        if (!asked) {
            return question(id, caller, HttpStatus.CONFLICT);
        }
        return switch (passkeys.remove(caller.id(), id)) {
            case DONE -> back("passkeys.removed", next);
            case LAST -> back("passkeys.last", next);
            case UNKNOWN -> throw unknown();
        };
    }

    private ModelAndView question(@Nullable String id, Caller caller, HttpStatus status) {
        var found = passkeys.of(caller.id()).stream().filter(passkey -> passkey.id().equals(id)).findFirst()
                .orElseThrow(PasskeyPages::unknown);
        return new ModelAndView("passkey-question", status).addObject("found", found);
    }

    private static ModelAndView back(String messageCode, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(messageCode));
        return new ModelAndView(BACK);
    }

    private static RuntimeException unknown() {
        return Problems.notFound("There is no such passkey");
    }
}
