package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.pages.Shell;
import com.uberpopug.ates.platform.security.AllowedToUsers;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Toast;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.Objects;
import org.springframework.beans.propertyeditors.StringTrimmerEditor;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What everyone changes of themself: name, language and password. */
@Controller
class ProfilePage {

    private final Users users;
    private final ChangeUser changeUser;
    private final Passwords passwords;

    ProfilePage(Users users, ChangeUser changeUser, Passwords passwords) {
        this.users = users;
        this.changeUser = changeUser;
        this.passwords = passwords;
    }

    /** What a user may say of themself. */
    record Self(@NotNull @PlainText(min = 1, max = 100) String displayName, @NotNull Language language) {
    }

    /** A change of the password; it is never shown again. */
    record NewPassword(String current, String password, String again) {

        NewPassword {
            current = Objects.requireNonNullElse(current, "");
            password = Objects.requireNonNullElse(password, "");
            again = Objects.requireNonNullElse(again, "");
        }
    }

    @InitBinder("self")
    void blankIsNothing(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, new StringTrimmerEditor(true));
    }

    /** At the addresses of its forms, too: that is where somebody comes back to who had to sign in again. */
    @GetMapping({"/", "/profile", "/password"})
    @AllowedToUsers
    String profile(Caller caller, Model model) {
        var user = users.findById(caller.id()).orElseThrow();
        model.addAttribute("self", new Self(user.profile().displayName(), user.profile().language()));
        return page(user, model);
    }

    @PostMapping("/profile")
    @AllowedToUsers
    ModelAndView change(@Valid @ModelAttribute("self") Self self, BindingResult errors, Caller caller, Model model,
            RedirectAttributes next, HttpServletResponse response) {
        if (errors.hasErrors()) {
            return refused(caller, model);
        }
        if (self.language() != users.findById(caller.id()).orElseThrow().profile().language()) {
            Shell.forgetLanguage(response);
        }
        changeUser.change(caller.id(), now -> new Profile(self.displayName(), now.email(), self.language(), now.role(),
                now.active()));
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of("profile.changed"));
        return new ModelAndView("redirect:/");
    }

    @PostMapping("/password")
    @AllowedToUsers
    ModelAndView changePassword(@ModelAttribute("change") NewPassword change, BindingResult errors, Caller caller,
            Model model) {
        if (!Passwords.isAcceptable(change.password())) {
            errors.rejectValue("password", "first-password.length");
        } else if (!change.password().equals(change.again())) {
            errors.rejectValue("again", "first-password.different");
        } else if (!passwords.change(caller.id(), change.current(), change.password())) {
            errors.rejectValue("current", "profile.wrong-password");
        }
        if (errors.hasErrors()) {
            var user = users.findById(caller.id()).orElseThrow();
            model.addAttribute("self", new Self(user.profile().displayName(), user.profile().language()));
            return refused(caller, model);
        }
        return new ModelAndView("redirect:/login?chosen");
    }

    private ModelAndView refused(Caller caller, Model model) {
        return new ModelAndView(page(users.findById(caller.id()).orElseThrow(), model), model.asMap(),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private static String page(User user, Model model) {
        model.addAttribute("user", user);
        model.addAttribute("languages", Language.values());
        if (!model.containsAttribute("change")) {
            model.addAttribute("change", new NewPassword("", "", ""));
        }
        return "profile";
    }
}
