package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The page of a one-time link, where a user chooses a password. */
@Controller
@RequestMapping("/first-password")
class FirstPasswordPage {

    private final Passwords passwords;

    FirstPasswordPage(Passwords passwords) {
        this.passwords = passwords;
    }

    @GetMapping
    @AllowedToAnyone
    ModelAndView form(@RequestParam(defaultValue = "") String token) {
        return passwords.userOf(token).isPresent() ? page(token, "", HttpStatus.OK) : page("", "used", HttpStatus.GONE);
    }

    @PostMapping
    @AllowedToAnyone
    ModelAndView choose(@RequestParam(defaultValue = "") String token,
            @RequestParam(defaultValue = "") Password password,
            @RequestParam(defaultValue = "") Password again, Model model) {
        if (!password.isAcceptable()) {
            return page(token, "length", HttpStatus.UNPROCESSABLE_CONTENT);
        }
        if (!password.isSameAs(again)) {
            return page(token, "different", HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return passwords.choose(token, password)
                ? new ModelAndView("redirect:/login?chosen")
                : page("", "used", HttpStatus.GONE);
    }

    private static ModelAndView page(String token, String problem, HttpStatus status) {
        var page = new ModelAndView("first-password", status);
        page.addObject("token", token);
        page.addObject("problem", problem);
        return page;
    }
}
