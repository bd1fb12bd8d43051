package com.uberpopug.ates.auth.user;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.uberpopug.ates.platform.web.TypedText;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.EmailAddress;
import com.uberpopug.ates.platform.web.IfMatch;
import com.uberpopug.ates.platform.web.Omittable;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Versioned;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The users over REST: admins read and change all users, everyone reads their own. */
@RestController
@RequestMapping("/api/users")
class UserController {

    private static final String LOGIN_RULE = "must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen";

    private static final String NOBODY_ELSE = "Nobody else is an active admin: make another user an admin first";

    private final Users users;
    private final CreateUser createUser;
    private final ChangeUser changeUser;
    private final EraseUser eraseUser;
    private final Passwords passwords;
    private final RestateUser restateUser;

    UserController(Users users, CreateUser createUser, ChangeUser changeUser, EraseUser eraseUser,
            Passwords passwords, RestateUser restateUser) {
        this.users = users;
        this.createUser = createUser;
        this.changeUser = changeUser;
        this.eraseUser = eraseUser;
        this.passwords = passwords;
        this.restateUser = restateUser;
    }

    /**
     * A user.
     *
     * @param userId the id, which never changes
     * @param login the login, which never changes
     * @param displayName the name that others see
     * @param email the address of emails; null if unknown
     * @param language of pages and emails
     * @param role the one role
     * @param active false for a deactivated user: no sign-in, no tasks
     * @param createdAt when the user was created
     */
    record UserView(UUID userId, @Schema(example = "anna") String login, @Schema(example = "Anna") String displayName,
            @Schema(example = "anna@uberpopug.example") @Nullable String email, Language language, Role role,
            boolean active, Instant createdAt) {

        static UserView of(User user) {
            var profile = user.profile();
            return new UserView(user.id(), user.login(), profile.displayName(), profile.email(), profile.language(),
                    profile.role(), profile.active(), user.createdAt());
        }
    }

    /**
     * A new user; 409 if the login is taken.
     *
     * @param login 1 to 64 of a-z, 0-9, dot, underscore and hyphen
     * @param displayName 1 to 100 characters after trimming
     * @param email up to 254 ASCII characters; optional
     * @param language {@code en} or {@code ru}; by default {@code en}
     * @param role {@code popug}, {@code manager}, {@code accountant} or {@code admin}
     */
    record NewUser(@Schema(example = "anna") @NotNull @Pattern(regexp = User.LOGIN, message = LOGIN_RULE) String login,
            @Schema(example = "Anna") @PlainText(min = 1, max = 100) String displayName,
            @Schema(example = "anna@uberpopug.example") @Nullable @EmailAddress String email,
            @Nullable Language language,
            @NotNull Role role) {

        NewUser {
            displayName = displayName == null ? "" : TypedText.stripped(displayName);
        }

        Profile profile() {
            return new Profile(displayName, email, language == null ? Language.EN : language, role, true);
        }
    }

    /**
     * The new user.
     *
     * @param user the user
     * @param firstPasswordLink sets a password once, within 24 hours; shown only here
     */
    record CreatedUser(@JsonUnwrapped UserView user,
            @Schema(example = "http://localhost:9000/first-password?token=Zk3v0w") URI firstPasswordLink) {
    }

    /**
     * Another link to set a password.
     *
     * @param passwordLink sets a password once, within 24 hours; shown only here. Earlier links are void
     */
    record PasswordLink(@Schema(example = "http://localhost:9000/first-password?token=Zk3v0w") URI passwordLink) {
    }

    /**
     * The fields to change; missing fields stay as they are.
     *
     * @param displayName 1 to 100 characters after trimming
     * @param email up to 254 ASCII characters; null removes it
     * @param language {@code en} or {@code ru}
     * @param role {@code popug}, {@code manager}, {@code accountant} or {@code admin}
     * @param active false ends every session of the user and refuses further sign-ins
     */
    record UserChange(@Schema(example = "Anna") @Omittable @PlainText(min = 1, max = 100) @Nullable String displayName,
            @Schema(type = "string", example = "anna@uberpopug.example") @Nullable JsonNode email,
            @Omittable @Nullable Language language, @Omittable @Nullable Role role,
            @Omittable @Nullable Boolean active) {

        UserChange {
            displayName = displayName == null ? null : TypedText.stripped(displayName);
        }

        Profile applyTo(Profile now) {
            return new Profile(displayName == null ? now.displayName() : displayName,
                    email == null ? now.email() : newEmail(email), language == null ? now.language() : language,
                    role == null ? now.role() : role, active == null ? now.active() : active);
        }

        private static @Nullable String newEmail(JsonNode given) {
            if (given.isNull()) {
                return null;
            }
            if (!given.isString() || !EmailAddress.Validator.isAddress(given.asString())) {
                throw Problems.unprocessable("email", EmailAddress.RULE);
            }
            return given.asString();
        }
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    @Operation(summary = "All users by login, optionally filtered", description = "Admins.")
    Page<UserView> list(
            @Parameter(description = "Text in login, name or email, in any case", example = "anna") @RequestParam(required = false) @Nullable @PlainText(max = 100) String q,
            @Parameter(description = "Users with this role") @Schema(allowableValues = {"popug", "manager",
                    "accountant",
                    "admin"}) @RequestParam(required = false) @Nullable String role,
            @Parameter(description = "Active or deactivated users") @RequestParam(required = false) @Nullable Boolean active,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        var filteredRole = role == null
                ? null
                : Role.of(role).orElseThrow(() -> Problems.badRequest("role", "is not a role"));
        var size = Page.limit(limit);
        var text = q == null || q.isBlank() ? null : TypedText.stripped(q);
        var found = users.page(login(after), text, filteredRole, active, Limit.of(size + 1));
        return Page.of(found.stream().map(UserView::of).toList(), size, user -> Cursor.of(user.login()));
    }

    @PostMapping
    @Allowed(Role.ADMIN)
    @FreshSignIn
    @Operation(summary = "Create a user", description = "Admins.")
    @ApiResponse(responseCode = "201", description = "The user, and the link to set a first password")
    @ApiResponse(responseCode = "409", description = "The login is taken")
    Versioned<CreatedUser> create(Caller caller, @RequestBody @Valid NewUser request) {
        var created = createUser.create(request.login(), request.profile(), caller.id())
                .orElseThrow(() -> Problems.conflict("The login " + request.login() + " is taken"));
        return Versioned.created(URI.create("/api/users/" + created.user().id()),
                new CreatedUser(UserView.of(created.user()), created.firstPasswordLink()), created.user().sequence());
    }

    @GetMapping("/me")
    @AllowedToUsers
    @Operation(summary = "Myself")
    @ApiResponse(responseCode = "200", description = "You")
    @ApiResponse(responseCode = "404", description = "Your account was erased")
    Versioned<UserView> me(Caller caller) {
        return view(caller.id());
    }

    @GetMapping("/{id}")
    @Allowed(Role.ADMIN)
    @Operation(summary = "A user", description = "Admins.")
    Versioned<UserView> one(@Parameter(description = "The user") @PathVariable UUID id) {
        return view(id);
    }

    @PatchMapping("/{id}")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    @Operation(summary = "Change a user's profile, role, or access", description = "Admins. By RFC 7396, JSON Merge Patch: missing fields stay as they are.")
    @ApiResponse(responseCode = "200", description = "The changed user")
    @ApiResponse(responseCode = "409", description = NOBODY_ELSE)
    Versioned<UserView> change(Caller caller, @Parameter(description = "The user") @PathVariable UUID id,
            @RequestBody @Valid UserChange request, IfMatch versions) {
        return switch (changeUser.change(id, caller.id(), versions::allows, request::applyTo)) {
            case ChangeUser.Outcome.Done(var user) -> versioned(user);
            case ChangeUser.Outcome.ChangedMeanwhile(var user, _) -> throw IfMatch.changedMeanwhile(user.sequence());
            case ChangeUser.Outcome.UnknownUser() -> throw unknownUser();
            case ChangeUser.Outcome.NobodyElseIsAdmin() -> throw nobodyElseIsAdmin();
        };
    }

    @DeleteMapping("/{id}")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    @Operation(summary = "Erase a user's data, irrevocably and in every service", description = "Admins.")
    @ApiResponse(responseCode = "204", description = "The user is erased here, and shortly in the other services")
    @ApiResponse(responseCode = "409", description = NOBODY_ELSE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void erase(@Parameter(description = "The user") @PathVariable UUID id, IfMatch versions) {
        switch (eraseUser.erase(id, versions::allows)) {
            case EraseUser.Outcome.Erased() -> {
            }
            case EraseUser.Outcome.UnknownUser() -> throw unknownUser();
            case EraseUser.Outcome.NobodyElseIsAdmin() -> throw nobodyElseIsAdmin();
            case EraseUser.Outcome.ChangedMeanwhile(var version) -> throw IfMatch.changedMeanwhile(version);
        }
    }

    @PostMapping("/{id}/password-link")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    @Operation(summary = "Create another link to set a password", description = "Admins. Earlier links become void. The link ends when its user changes, or its maker is no longer an active admin.")
    @ApiResponse(responseCode = "200", description = "The link")
    @ApiResponse(responseCode = "409", description = "The user is deactivated")
    PasswordLink renewPasswordLink(Caller caller, @Parameter(description = "The user") @PathVariable UUID id) {
        return switch (passwords.renewLink(id, caller.id())) {
            case Passwords.Renewal.Done(var link) -> new PasswordLink(link);
            case Passwords.Renewal.UnknownUser() -> throw unknownUser();
            case Passwords.Renewal.Deactivated() -> throw Problems
                    .conflict("The user is deactivated: activate them first");
        };
    }

    /**
     * What was announced of a user.
     *
     * @param erased whether it was announced that there is no such user; otherwise the user's state was
     */
    record Announcement(boolean erased) {
    }

    @PostMapping("/{id}/announcement")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    @Operation(summary = "Announce a user's state anew to every service", description = "Admins. It counts whatever a forged or damaged record said of this user before. Of an id that is nobody's, it is announced that there is no such user.")
    @ApiResponse(responseCode = "200", description = "Announced; the other services apply it shortly")
    Announcement announce(@Parameter(description = "The user, or an id that is nobody's") @PathVariable UUID id) {
        return new Announcement(restateUser.restate(id) == RestateUser.Outcome.NO_SUCH_USER);
    }

    private Versioned<UserView> view(UUID id) {
        return users.findById(id).map(UserController::versioned).orElseThrow(UserController::unknownUser);
    }

    private static Versioned<UserView> versioned(User user) {
        return Versioned.ok(UserView.of(user), user.sequence());
    }

    private static RuntimeException unknownUser() {
        return Problems.notFound("There is no such user");
    }

    private static RuntimeException nobodyElseIsAdmin() {
        return Problems.conflict(NOBODY_ELSE);
    }

    static String login(@Nullable String after) {
        return Cursor.decode(after, 1, parts -> {
            if (!parts.getFirst().matches(User.LOGIN)) {
                throw new IllegalArgumentException("Not a login");
            }
            return parts.getFirst();
        }).orElse("");
    }
}
