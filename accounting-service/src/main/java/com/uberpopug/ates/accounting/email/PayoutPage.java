package com.uberpopug.ates.accounting.email;

import com.uberpopug.ates.accounting.email.EmailView.Status;
import com.uberpopug.ates.accounting.user.Users;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.Confirmed;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** Payouts in a browser, each with the status of its email. */
@Controller
@RequestMapping("/payouts")
class PayoutPage implements BlankIsNothing {

    private final Emails emails;
    private final Users users;
    private final Clock clock;

    PayoutPage(Emails emails, Users users, Clock clock) {
        this.emails = emails;
        this.users = users;
        this.clock = clock;
    }

    /** The filter of the list, as in the address. */
    record Search(@Nullable Status status) {

        /** The address of the list, or of a part of it. */
        public String address(@Nullable String after) {
            return UriComponentsBuilder.fromPath("/payouts").queryParamIfPresent("status", Optional.ofNullable(status))
                    .queryParamIfPresent("after", Optional.ofNullable(after)).toUriString();
        }
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String payouts(@ModelAttribute("search") Search search, @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit, Model model) {
        var page = emails.page(search.status(), Cursor.decode(after, 2, Emails.After::parse), Page.limit(limit));
        model.addAttribute("emails", page);
        model.addAttribute("people",
                users.named(page.items().stream().map(EmailView::userId).collect(Collectors.toSet())));
        model.addAttribute("statuses", Status.values());
        model.addAttribute("pending", page.items().stream().anyMatch(email -> email.status() == Status.PENDING));
        return "payouts";
    }

    @PostMapping("/{id}/retry")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String retry(@PathVariable UUID id, @ModelAttribute("search") Search search,
            RedirectAttributes next) {
        if (emails.find(id).isEmpty()) {
            throw Problems.notFound("There is no email " + id);
        }
        next.addFlashAttribute(Toast.ATTRIBUTE,
                Toast.of(emails.retry(id, clock.instant()) ? "payout.retried" : "payout.not-given-up"));
        return "redirect:" + search.address(null);
    }

    @GetMapping("/retry")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    ModelAndView question() {
        return question(HttpStatus.OK, null);
    }

    @PostMapping("/retry")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    ModelAndView retryAll(Confirmed confirmed, RedirectAttributes next) {
        if (!confirmed.holds(figures(emails.givenUp()))) {
            return question(HttpStatus.CONFLICT, confirmed.isAnswer() ? "shell.question.moved" : null);
        }
        int retried = emails.retryAll(null, clock.instant());
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of("payout.all-retried", Integer.toString(retried)));
        return new ModelAndView("redirect:/payouts");
    }

    private ModelAndView question(HttpStatus status, @Nullable String why) {
        var figures = figures(emails.givenUp());
        var question = new ModelAndView("payouts-question", status);
        question.addObject("asked", figures);
        question.addObject("why", why);
        return question;
    }

    private Confirmed figures(Emails.GivenUp givenUp) {
        return Confirmed.of(givenUp.emails(), givenUp.cents(), clock.instant());
    }
}
