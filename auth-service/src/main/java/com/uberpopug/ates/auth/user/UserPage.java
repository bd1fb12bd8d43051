package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.ChangeUser.Edit;
import com.uberpopug.ates.auth.user.EarlierProfiles.Field;
import com.uberpopug.ates.auth.user.EarlierProfiles.Seen;
import com.uberpopug.ates.auth.user.UserController.NewUser;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.SealedText;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.EmailAddress;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** The pages where admins create, change and deactivate users and make links to passwords. */
@Controller
@RequestMapping("/users")
class UserPage implements BlankIsNothing {

    private static final String FORM = "user";
    /** The prefix of a link's session attribute; the user's id follows. */
    private static final String LINK = "ates.password-link.";
    private static final int MOST_LINKS = 20;
    private static final String ONLY_ADMIN = "user.only-admin";
    private static final Set<Field> DETAILS = EnumSet.complementOf(EnumSet.of(Field.ACTIVE));
    /** The answer that cancels a confirmation. */
    private static final String BACK = "back";
    /** The differences between the forms. */
    private static final List<String> NOT_TYPED = List.of("_csrf", "once", "asked");

    private final Users users;
    private final CreateUser createUser;
    private final ChangeUser changeUser;
    private final Passwords passwords;
    private final SignIns signIns;
    private final Crossing crossing;
    private final SealedText links;

    UserPage(Users users, CreateUser createUser, ChangeUser changeUser, Passwords passwords, SignIns signIns,
            Crossing crossing, PageProperties pages) {
        this.users = users;
        this.createUser = createUser;
        this.changeUser = changeUser;
        this.passwords = passwords;
        this.signIns = signIns;
        this.crossing = crossing;
        links = new SealedText(pages.clientSecret(), "auth-service password links");
    }

    /** The fields that an admin changes. */
    record Details(@NotNull @PlainText(min = 1, max = 100) String displayName,
            @Nullable @EmailAddress String email, @NotNull Language language,
            @NotNull Role role) {

        static Details of(Profile profile) {
            return new Details(profile.displayName(), profile.email(), profile.language(), profile.role());
        }

        Profile applyTo(Profile now) {
            return new Profile(displayName, email, language, role, now.active());
        }

        /** Typed values stay; untouched fields show their current values. */
        Details over(Profile shown, Profile now) {
            var before = of(shown);
            var current = of(now);
            return new Details(displayName.equals(before.displayName) ? current.displayName : displayName,
                    Objects.equals(email, before.email) ? current.email : email,
                    language == before.language ? current.language : language,
                    role == before.role ? current.role : role);
        }
    }

    /** The search criteria, as in the address. */
    record Search(@Nullable String q, @Nullable Role role, @Nullable Boolean active) {

        /** The address of the list after a cursor. */
        public String address(String after) {
            var address = UriComponentsBuilder.fromPath("/users");
            Optional.ofNullable(q).ifPresent(_ -> address.queryParam("q", "{q}"));
            Optional.ofNullable(role).ifPresent(it -> address.queryParam("role", it));
            Optional.ofNullable(active).ifPresent(it -> address.queryParam("active", it));
            return address.queryParam("after", after).encode().buildAndExpand(Map.of("q", Objects.toString(q, "")))
                    .toUriString();
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

    @GetMapping
    @Allowed(Role.ADMIN)
    String list(@RequestParam @Nullable @PlainText(max = 100) String q,
            @RequestParam @Nullable Role role,
            @RequestParam @Nullable Boolean active, @RequestParam @Nullable String after, Model model) {
        var found = users.page(UserController.login(after), q, role, active, Limit.of(Page.DEFAULT_LIMIT + 1));
        model.addAttribute("page", Page.of(found, Page.DEFAULT_LIMIT, user -> Cursor.of(user.login())));
        model.addAttribute("search", new Search(q, role, active));
        return "users";
    }

    @GetMapping("/new")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    String newUser(Model model) {
        model.addAttribute(FORM, new NewUser("", "", null, Language.EN, Role.POPUG));
        return "new-user";
    }

    @PostMapping
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView create(Caller caller, @Valid @ModelAttribute(FORM) NewUser wanted, BindingResult errors,
            HttpSession session) {
        var created = errors.hasErrors()
                ? null
                : createUser.create(wanted.login(), wanted.profile(), caller.id()).orElse(null);
        if (created == null) {
            if (!errors.hasErrors()) {
                errors.rejectValue("login", "user.login-taken");
            }
            return new ModelAndView("new-user", HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return link(created.user().id(), created.firstPasswordLink(), session);
    }

    /** Also answers at the addresses of its forms, where users return after signing in again. */
    @GetMapping({"/{id}", "/{id}/active"})
    @Allowed(Role.ADMIN)
    ModelAndView one(@PathVariable UUID id, Model model) {
        return page(existing(id), model, HttpStatus.OK);
    }

    @PostMapping("/{id}")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView change(Caller caller, @PathVariable UUID id, @Valid @ModelAttribute(FORM) Details wanted,
            BindingResult errors, @RequestParam @Nullable Long version, @RequestParam @Nullable String asked,
            HttpServletRequest form, Model model, RedirectAttributes next) {
        if (BACK.equals(asked)) {
            model.addAttribute(Crossing.VERSION, Crossing.version(version));
            return page(existing(id), model, HttpStatus.OK);
        }
        var shown = existing(id);
        if (!errors.hasErrors() && needsConfirmation(shown, wanted, version, asked)) {
            return roleQuestion(shown, wanted.role(), form);
        }
        if (!errors.hasErrors()) {
            switch (changeUser.change(id, caller.id(), new Edit(Crossing.version(version), DETAILS, DETAILS,
                    wanted::applyTo))) {
                case ChangeUser.Outcome.Done(_) -> {
                    return back(id, "user.changed", next);
                }
                case ChangeUser.Outcome.ChangedMeanwhile(var user, var seen) -> {
                    model.addAttribute(FORM,
                            seen.profile() == null ? wanted : wanted.over(seen.profile(), user.profile()));
                    return changedMeanwhile(user, seen, DETAILS, model);
                }
                case ChangeUser.Outcome.NobodyElseIsAdmin() -> errors.rejectValue("role", ONLY_ADMIN);
                case ChangeUser.Outcome.UnknownUser() -> throw unknownUser();
            }
        }
        // The edit still refers to the version that was shown.
        model.addAttribute(Crossing.VERSION, Crossing.version(version));
        return page(existing(id), model, HttpStatus.UNPROCESSABLE_CONTENT);
    }

    @GetMapping("/{id}/deactivate")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView deactivateQuestion(@PathVariable UUID id) {
        var user = existing(id);
        return user.profile().active()
                ? question("deactivate", user, signIns.open(id), HttpStatus.OK)
                : new ModelAndView("redirect:/users/" + id);
    }

    @PostMapping("/{id}/active")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView letIn(Caller caller, @PathVariable UUID id, @RequestParam boolean active,
            @RequestParam @Nullable Long version, @RequestParam(defaultValue = "false") boolean asked, Model model,
            RedirectAttributes next) {
        if (!active && !asked) {
            return question("deactivate", existing(id), signIns.open(id), HttpStatus.CONFLICT);
        }
        var edit = new Edit(Crossing.version(version), EnumSet.allOf(Field.class), EnumSet.of(Field.ACTIVE),
                now -> new Profile(now.displayName(), now.email(), now.language(), now.role(), active));
        return switch (changeUser.change(id, caller.id(), edit)) {
            case ChangeUser.Outcome.Done(_) -> back(id, active ? "user.let-in" : "user.sent-away", next);
            case ChangeUser.Outcome.ChangedMeanwhile(var user, var seen) ->
                changedMeanwhile(user, seen, edit.shown(), model);
            case ChangeUser.Outcome.NobodyElseIsAdmin() -> back(id, ONLY_ADMIN, next);
            case ChangeUser.Outcome.UnknownUser() -> throw unknownUser();
        };
    }

    private ModelAndView changedMeanwhile(User user, Seen seen, Set<Field> shown, Model model) {
        model.addAttribute(Crossing.ATTRIBUTE, crossing.of(seen, shown));
        return page(user, model, HttpStatus.CONFLICT);
    }

    private ModelAndView page(User found, Model model, HttpStatus status) {
        model.addAttribute("found", found);
        model.addAttribute("openLink", passwords.linkTo(found.id()).orElse(null));
        if (!model.containsAttribute(FORM)) {
            model.addAttribute(FORM, Details.of(found.profile()));
        }
        if (!model.containsAttribute(Crossing.VERSION)) {
            model.addAttribute(Crossing.VERSION, found.sequence());
        }
        return new ModelAndView("user", model.asMap(), status);
    }

    @GetMapping("/{id}/password-link/new")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView linkQuestion(@PathVariable UUID id) {
        var user = existing(id);
        return user.profile().active()
                ? question("link", user, passwords.linkTo(id).stream().count(), HttpStatus.OK)
                : new ModelAndView("redirect:/users/" + id);
    }

    @PostMapping("/{id}/password-link")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    ModelAndView renewLink(Caller caller, @PathVariable UUID id, @RequestParam(defaultValue = "false") boolean asked,
            HttpSession session, RedirectAttributes next) {
        if (!asked && existing(id).profile().active()) {
            return question("link", existing(id), passwords.linkTo(id).stream().count(), HttpStatus.CONFLICT);
        }
        return switch (passwords.renewLink(id, caller.id())) {
            case Passwords.Renewal.Done(var link) -> link(id, link, session);
            case Passwords.Renewal.Deactivated() -> back(id, "user.deactivated", next);
            case Passwords.Renewal.UnknownUser() -> throw unknownUser();
        };
    }

    /** Shows the link only to the admin who made it, in this session, until it is used. */
    @GetMapping("/{id}/password-link")
    @Allowed(Role.ADMIN)
    ModelAndView link(@PathVariable UUID id, HttpSession session) {
        var user = existing(id);
        var link = session.getAttribute(LINK + id) instanceof String sealed
                ? links.open(sealed).map(URI::create).filter(open -> userOf(open).equals(Optional.of(id)))
                : Optional.<URI>empty();
        return link.isPresent()
                ? new ModelAndView("password-link", Map.of("found", user, "link", link.get()))
                : new ModelAndView("redirect:/users/" + id);
    }

    private Optional<UUID> userOf(URI link) {
        var token = UriComponentsBuilder.fromUri(link).build().getQueryParams().getFirst("token");
        return Optional.ofNullable(token).flatMap(passwords::link).map(Passwords.Link::userId);
    }

    /** The confirmation: the action, the number of affected items, and its irreversible consequences. */
    private static ModelAndView question(String kind, User user, long count, HttpStatus status) {
        var question = new ModelAndView("user-question", status);
        question.addObject("kind", kind);
        question.addObject("found", user);
        question.addObject("count", count);
        question.addObject("fields", Map.of());
        return question;
    }

    /**
     * A change of the role needs a confirmation, unless the request will be refused or conflicts with another change.
     */
    private boolean needsConfirmation(User user, Details wanted, @Nullable Long version, @Nullable String asked) {
        return wanted.role() != user.profile().role() && !change(user, wanted.role()).equals(asked)
                && !(user.profile().isActiveAdmin() && users.countActive(Role.ADMIN) == 1)
                && !changeUser.crosses(user.id(),
                        new Edit(Crossing.version(version), DETAILS, DETAILS, wanted::applyTo));
    }

    private static String change(User user, Role wanted) {
        return user.profile().role() + ">" + wanted;
    }

    /** Carries all typed values to the confirmed request; the confirmation holds for this change of the role only. */
    private ModelAndView roleQuestion(User user, Role wanted, HttpServletRequest form) {
        var fields = new TreeMap<>(form.getParameterMap());
        NOT_TYPED.forEach(fields::remove);
        return question("role", user, users.countActive(wanted), HttpStatus.OK).addObject("wanted", wanted)
                .addObject("change", change(user, wanted)).addObject("fields", fields);
    }

    private static ModelAndView back(UUID id, String messageCode, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(messageCode));
        return new ModelAndView("redirect:/users/" + id);
    }

    /**
     * The confirmation has an address of its own, so that it can be reloaded, for example in another language. Sessions
     * are rows of the database, so the link is sealed.
     */
    private ModelAndView link(UUID id, URI link, HttpSession session) {
        var kept = Collections.list(session.getAttributeNames()).stream().filter(name -> name.startsWith(LINK)).sorted()
                .toList();
        kept.stream().limit(Math.max(0, kept.size() + 1 - MOST_LINKS)).forEach(session::removeAttribute);
        session.setAttribute(LINK + id, links.seal(link.toString()));
        return new ModelAndView("redirect:/users/" + id + "/password-link");
    }

    private User existing(UUID id) {
        return users.findById(id).orElseThrow(UserPage::unknownUser);
    }

    private static RuntimeException unknownUser() {
        return Problems.notFound("There is no such user");
    }
}
