package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.user.UserController.NewUser;
import com.uberpopug.ates.platform.jdbc.LikePattern;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.propertyeditors.StringTrimmerEditor;
import org.springframework.data.domain.Limit;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The users in a browser, for admins: taken in, changed, sent away, given a new link to a password. */
@Controller
@RequestMapping("/users")
class UserPage {

    private static final String FORM = "user";

    private final Users users;
    private final CreateUser createUser;
    private final ChangeUser changeUser;
    private final Passwords passwords;

    UserPage(Users users, CreateUser createUser, ChangeUser changeUser, Passwords passwords) {
        this.users = users;
        this.createUser = createUser;
        this.changeUser = changeUser;
        this.passwords = passwords;
    }

    /** What an admin changes of somebody. */
    record Details(@NotNull @PlainText(min = 1, max = 100) String displayName,
            @Nullable @Pattern(regexp = UserController.EMAIL) String email, @NotNull Language language,
            @NotNull Role role) {

        static Details of(Profile profile) {
            return new Details(profile.displayName(), profile.email(), profile.language(), profile.role());
        }
    }

    @ModelAttribute("roles")
    Role[] roles() {
        return Role.values();
    }

    @ModelAttribute("languages")
    Language[] languages() {
        return Language.values();
    }

    @InitBinder
    void blankIsNothing(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, new StringTrimmerEditor(true));
    }

    @GetMapping
    String list(Caller caller, @RequestParam @Nullable @PlainText(max = 100) String q,
            @RequestParam @Nullable Role role,
            @RequestParam @Nullable Boolean active, @RequestParam @Nullable String after, Model model) {
        caller.mustBe(Role.ADMIN);
        var pattern = q == null ? null : LikePattern.containing(q);
        var found = users.page(UserController.login(after), pattern, role, active, Limit.of(Page.DEFAULT_LIMIT + 1));
        model.addAttribute("page", Page.of(found, Page.DEFAULT_LIMIT, user -> Cursor.of(user.login())));
        model.addAttribute("q", q);
        model.addAttribute("role", role);
        model.addAttribute("active", active);
        return "users";
    }

    @GetMapping("/new")
    String newUser(Caller caller, Model model) {
        caller.mustBe(Role.ADMIN);
        model.addAttribute(FORM, new NewUser("", "", null, Language.EN, Role.POPUG));
        return "new-user";
    }

    /** The answer is the page with the link, which is shown once: whoever sends the form again gets the same answer. */
    @PostMapping
    ModelAndView create(Caller caller, @Valid @ModelAttribute(FORM) NewUser wanted, BindingResult errors) {
        caller.mustBe(Role.ADMIN);
        var created = errors.hasErrors() ? null : createUser.create(wanted.login(), wanted.profile()).orElse(null);
        if (created == null) {
            if (!errors.hasErrors()) {
                errors.rejectValue("login", "user.login-taken");
            }
            return new ModelAndView("new-user", HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return link(created.user(), created.firstPasswordLink().toString());
    }

    @GetMapping("/{id}")
    String one(Caller caller, @PathVariable UUID id, Model model) {
        caller.mustBe(Role.ADMIN);
        var found = existing(id);
        model.addAttribute("found", found);
        model.addAttribute(FORM, Details.of(found.profile()));
        return "user";
    }

    @PostMapping("/{id}")
    ModelAndView change(Caller caller, @PathVariable UUID id, @Valid @ModelAttribute(FORM) Details wanted,
            BindingResult errors, Model model, RedirectAttributes next) {
        caller.mustBe(Role.ADMIN);
        if (errors.hasErrors()) {
            model.addAttribute("found", existing(id));
            return new ModelAndView("user", model.asMap(), HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return changed(id, now -> new Profile(wanted.displayName(), wanted.email(), wanted.language(), wanted.role(),
                now.active()), "user.changed", next);
    }

    @PostMapping("/{id}/active")
    ModelAndView letIn(Caller caller, @PathVariable UUID id, @RequestParam boolean active, RedirectAttributes next) {
        caller.mustBe(Role.ADMIN);
        return changed(id, now -> new Profile(now.displayName(), now.email(), now.language(), now.role(), active),
                active ? "user.let-in" : "user.sent-away", next);
    }

    @PostMapping("/{id}/password-link")
    ModelAndView renewLink(Caller caller, @PathVariable UUID id, RedirectAttributes next) {
        caller.mustBe(Role.ADMIN);
        return switch (passwords.renewLink(id)) {
            case Passwords.Renewal.Done(var link) -> link(existing(id), link.toString());
            case Passwords.Renewal.Deactivated() -> back(id, "user.deactivated", next);
            case Passwords.Renewal.UnknownUser() -> throw unknownUser();
        };
    }

    private ModelAndView changed(UUID id, UnaryOperator<Profile> change, String done, RedirectAttributes next) {
        return switch (changeUser.change(id, change)) {
            case ChangeUser.Outcome.Done(_) -> back(id, done, next);
            case ChangeUser.Outcome.NobodyElseIsAdmin() -> back(id, "user.only-admin", next);
            case ChangeUser.Outcome.UnknownUser() -> throw unknownUser();
        };
    }

    private static ModelAndView back(UUID id, String said, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(said));
        return new ModelAndView("redirect:/users/" + id);
    }

    private static ModelAndView link(User user, String link) {
        var page = new ModelAndView("password-link");
        page.addObject("found", user);
        page.addObject("link", link);
        return page;
    }

    private User existing(UUID id) {
        return users.findById(id).orElseThrow(UserPage::unknownUser);
    }

    private static RuntimeException unknownUser() {
        return Problems.notFound("There is no such user");
    }
}
