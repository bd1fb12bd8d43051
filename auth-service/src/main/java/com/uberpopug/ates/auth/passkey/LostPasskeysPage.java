package com.uberpopug.ates.auth.passkey;

import com.uberpopug.ates.auth.user.SecondFactor;
import com.uberpopug.ates.auth.user.User;
import com.uberpopug.ates.auth.user.Users;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page where admins see and remove the passkeys of a user who has lost them. */
@Controller
@RequestMapping("/users/{id}/passkeys")
class LostPasskeysPage {

    private final Users users;
    private final Passkeys passkeys;
    private final SecondFactor secondFactor;

    LostPasskeysPage(Users users, Passkeys passkeys, SecondFactor secondFactor) {
        this.users = users;
        this.passkeys = passkeys;
        this.secondFactor = secondFactor;
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView question(@PathVariable UUID id) {
        return question(existing(id), HttpStatus.OK);
    }

    @PostMapping
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView remove(Caller caller, @PathVariable UUID id, @RequestParam(defaultValue = "false") boolean asked,
            RedirectAttributes next) {
        var user = existing(id);
        if (!asked) {
            return question(user, HttpStatus.CONFLICT);
        }
        if (caller.id().equals(id) && secondFactor.isRequiredOf(id)) {
            return back(id, "passkeys.own", next);
        }
        passkeys.removeAll(id, caller.id());
        return back(id, "passkeys.all-removed", next);
    }

    private ModelAndView question(User user, HttpStatus status) {
        return new ModelAndView("lost-passkeys", status).addObject("found", user)
                .addObject("passkeys", passkeys.of(user.id()));
    }

    private User existing(UUID id) {
        return users.findById(id).orElseThrow(() -> Problems.notFound("There is no such user"));
    }

    private static ModelAndView back(UUID id, String messageCode, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(messageCode));
        return new ModelAndView("redirect:/users/" + id);
    }
}
