package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.attempt.DeviceSecurity;
import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The page of a one-time link, where a user chooses a password. */
@Controller
@RequestMapping("/first-password")
class FirstPasswordPage {

    private static final String USED = "first-password.used";

    private final Passwords passwords;
    private final PasswordRules rules;
    private final DeviceSecurity devices;

    FirstPasswordPage(Passwords passwords, PasswordRules rules, DeviceSecurity devices) {
        this.passwords = passwords;
        this.rules = rules;
        this.devices = devices;
    }

    @GetMapping
    @AllowedToAnyone
    ModelAndView form(@RequestParam(defaultValue = "") String token) {
        return passwords.link(token).isPresent() ? page(token, "", HttpStatus.OK) : page("", USED, HttpStatus.GONE);
    }

    @PostMapping
    @AllowedToAnyone
    ModelAndView choose(@RequestParam(defaultValue = "") String token,
            @RequestParam(defaultValue = "") Password password,
            @RequestParam(defaultValue = "") Password again, HttpServletRequest request,
            HttpServletResponse response) {
        var broken = rules.broken(password);
        if (broken.isPresent()) {
            return page(token, broken.get().code(), HttpStatus.UNPROCESSABLE_CONTENT);
        }
        if (!password.isSameAs(again)) {
            return page(token, "first-password.different", HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return switch (passwords.choose(token, password, DeviceSecurity.origin(request))) {
            case Passwords.Choice.Done(var user) -> {
                devices.remember(user, request, response);
                yield new ModelAndView("redirect:/login?chosen");
            }
            case Passwords.Choice.Broken(var rule) -> page(token, rule.code(), HttpStatus.UNPROCESSABLE_CONTENT);
            case Passwords.Choice.LinkIsVoid(),Passwords.Choice.WrongPassword(),Passwords.Choice.TooManyAttempts() ->
                page("", USED, HttpStatus.GONE);
        };
    }

    private ModelAndView page(String token, String problem, HttpStatus status) {
        var page = new ModelAndView("first-password", status);
        page.addObject("token", token);
        page.addObject("problem", problem);
        page.addObject("shortest", rules.shortest());
        page.addObject("link", passwords.link(token).orElse(null));
        return page;
    }
}
