package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.attempt.DeviceSecurity;
import com.uberpopug.ates.auth.user.ChangeUser.Edit;
import com.uberpopug.ates.auth.user.ChangeUser.Outcome;
import com.uberpopug.ates.auth.user.EarlierProfiles.Field;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.Shell;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page where all users change their own name, language and password. */
@Controller
class ProfilePage implements BlankIsNothing {

    private static final Password NO_PASSWORD = Password.of("");

    private static final String FORM = "self";
    private static final Set<Field> FIELDS = EnumSet.of(Field.DISPLAY_NAME, Field.LANGUAGE);

    private final Users users;
    private final ChangeUser changeUser;
    private final Passwords passwords;
    private final PasswordRules rules;
    private final DeviceSecurity devices;
    private final Crossing crossing;

    ProfilePage(Users users, ChangeUser changeUser, Passwords passwords, PasswordRules rules, DeviceSecurity devices,
            Crossing crossing) {
        this.users = users;
        this.changeUser = changeUser;
        this.passwords = passwords;
        this.rules = rules;
        this.devices = devices;
        this.crossing = crossing;
    }

    /** The fields that users change themselves. */
    record Self(@NotNull @PlainText(min = 1, max = 100) String displayName, @NotNull Language language) {

        static Self of(Profile profile) {
            return new Self(profile.displayName(), profile.language());
        }

        Profile applyTo(Profile now) {
            return new Profile(displayName, now.email(), language, now.role(), now.active());
        }

        /** Typed values stay; untouched fields show their current values. */
        Self over(Profile shown, Profile now) {
            return new Self(displayName.equals(shown.displayName()) ? now.displayName() : displayName,
                    language == shown.language() ? now.language() : language);
        }
    }

    /** A change of the password; its values are never shown again. */
    record NewPassword(Password current, Password password, Password again) {

        NewPassword {
            current = Objects.requireNonNullElse(current, NO_PASSWORD);
            password = Objects.requireNonNullElse(password, NO_PASSWORD);
            again = Objects.requireNonNullElse(again, NO_PASSWORD);
        }
    }

    /** Also answers at the addresses of its forms, where users return after signing in again. */
    @GetMapping({"/", "/profile", "/password"})
    @AllowedToUsers
    String profile(Caller caller, Model model) {
        return page(users.findById(caller.id()).orElseThrow(), model);
    }

    @PostMapping("/profile")
    @AllowedToUsers
    ModelAndView change(@Valid @ModelAttribute(FORM) Self self, BindingResult errors,
            @RequestParam @Nullable Long version, Caller caller, Model model, RedirectAttributes next,
            HttpServletResponse response) {
        if (errors.hasErrors()) {
            // The edit still refers to the version that was shown.
            model.addAttribute(Crossing.VERSION, Crossing.version(version));
            return refused(caller, model, HttpStatus.UNPROCESSABLE_CONTENT);
        }
        var before = users.findById(caller.id()).orElseThrow().profile();
        var edit = new Edit(Crossing.version(version), FIELDS, FIELDS, self::applyTo);
        if (changeUser.change(caller.id(), caller.id(), edit) instanceof Outcome.ChangedMeanwhile(var user, var seen)) {
            model.addAttribute(Crossing.ATTRIBUTE, crossing.of(seen, FIELDS));
            model.addAttribute(FORM, seen.profile() == null ? self : self.over(seen.profile(), user.profile()));
            return refused(caller, model, HttpStatus.CONFLICT);
        }
        if (self.language() != before.language()) {
            Shell.forgetLanguage(response);
        }
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of("profile.changed"));
        return new ModelAndView("redirect:/");
    }

    @PostMapping("/password")
    @AllowedToUsers
    ModelAndView changePassword(@ModelAttribute("change") NewPassword change, BindingResult errors, Caller caller,
            Model model, HttpServletRequest request, HttpServletResponse response) {
        var status = HttpStatus.UNPROCESSABLE_CONTENT;
        var broken = rules.broken(change.password());
        if (broken.isPresent()) {
            reject(errors, broken.get());
        } else if (!change.password().isSameAs(change.again())) {
            errors.rejectValue("again", "first-password.different");
        } else {
            switch (passwords.change(caller.id(), change.current(), change.password(),
                    DeviceSecurity.origin(request))) {
                case Passwords.Choice.Done(var user) -> {
                    devices.remember(user, request, response);
                    return new ModelAndView("redirect:/login?chosen");
                }
                case Passwords.Choice.Broken(var rule) -> reject(errors, rule);
                case Passwords.Choice.WrongPassword(),Passwords.Choice.LinkIsVoid() ->
                    errors.rejectValue("current", "profile.wrong-password");
                case Passwords.Choice.TooManyAttempts() -> {
                    errors.rejectValue("current", "sign-in.locked");
                    status = HttpStatus.TOO_MANY_REQUESTS;
                }
            }
        }
        return refused(caller, model, status);
    }

    private void reject(BindingResult errors, PasswordRules.Rule rule) {
        errors.rejectValue("password", rule.code(), new Object[]{rules.shortest()}, null);
    }

    private ModelAndView refused(Caller caller, Model model, HttpStatus status) {
        return new ModelAndView(page(users.findById(caller.id()).orElseThrow(), model), model.asMap(), status);
    }

    private String page(User user, Model model) {
        model.addAttribute("shortest", rules.shortest());
        model.addAttribute("user", user);
        if (!model.containsAttribute(FORM)) {
            model.addAttribute(FORM, Self.of(user.profile()));
        }
        if (!model.containsAttribute(Crossing.VERSION)) {
            model.addAttribute(Crossing.VERSION, user.sequence());
        }
        model.addAttribute("languages", Language.values());
        if (!model.containsAttribute("change")) {
            model.addAttribute("change", new NewPassword(NO_PASSWORD, NO_PASSWORD, NO_PASSWORD));
        }
        return "profile";
    }
}
