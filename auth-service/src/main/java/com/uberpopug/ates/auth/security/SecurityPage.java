package com.uberpopug.ates.auth.security;

import com.uberpopug.ates.auth.security.SecurityEvents.Before;
import com.uberpopug.ates.auth.user.User;
import com.uberpopug.ates.auth.user.Users;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.security.SecurityEntry.Outcome;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;

/** The security log in a browser. */
@Controller
class SecurityPage implements BlankIsNothing {

    /** No user has it. */
    private static final UUID NOBODY = new UUID(0, 0);

    private final SecurityEvents events;
    private final Users users;
    private final Dates dates;

    SecurityPage(SecurityEvents events, Users users, Dates dates) {
        this.events = events;
        this.users = users;
        this.dates = dates;
    }

    /** The criteria, as in the address. */
    record Search(@Nullable SecurityKind kind, @Nullable Outcome outcome, @Nullable String user,
            @Nullable String address, @Nullable LocalDate from, @Nullable LocalDate to) {

        /** The address of the list after a cursor. */
        public String address(String after) {
            var path = UriComponentsBuilder.fromPath("/security");
            Optional.ofNullable(kind).ifPresent(it -> path.queryParam("kind", it));
            Optional.ofNullable(outcome).ifPresent(it -> path.queryParam("outcome", it));
            Optional.ofNullable(user).ifPresent(_ -> path.queryParam("user", "{user}"));
            Optional.ofNullable(address).ifPresent(_ -> path.queryParam("address", "{address}"));
            Optional.ofNullable(from).ifPresent(it -> path.queryParam("from", it));
            Optional.ofNullable(to).ifPresent(it -> path.queryParam("to", it));
            return path.queryParam("after", after).encode().buildAndExpand(
                    Map.of("user", Objects.toString(user, ""), "address", Objects.toString(address, "")))
                    .toUriString();
        }
    }

    @GetMapping("/security")
    @Allowed(Role.ADMIN)
    String all(@RequestParam @Nullable SecurityKind kind, @RequestParam @Nullable Outcome outcome,
            @RequestParam @Nullable @PlainText(max = 100) String user,
            @RequestParam @Nullable @PlainText(max = 45) String address,
            @RequestParam @Nullable LocalDate from, @RequestParam @Nullable LocalDate to,
            @RequestParam @Nullable String after, Model model) {
        var filter = dates.filter(kind, outcome, user == null ? null : id(user), address, from, to);
        model.addAttribute("page", events.page(filter, Before.decode(after), Page.DEFAULT_LIMIT));
        model.addAttribute("search", new Search(kind, outcome, user, address, from, to));
        model.addAttribute("kinds", SecurityKind.values());
        model.addAttribute("outcomes", Outcome.values());
        // A newer service may announce a kind that this one has no text for.
        model.addAttribute("known", Arrays.stream(SecurityKind.values()).map(Enum::name).toList());
        model.addAttribute("bad", List.of("FAILED", "REFUSED"));
        return "security";
    }

    /** A login or an id. */
    private UUID id(String typed) {
        return Ids.parsed(typed.strip()).or(() -> User.login(typed).flatMap(users::findByLogin).map(User::id))
                .orElse(NOBODY);
    }
}
