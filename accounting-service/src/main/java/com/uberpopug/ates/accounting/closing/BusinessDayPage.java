package com.uberpopug.ates.accounting.closing;

import static java.util.stream.Collectors.toSet;

import com.uberpopug.ates.accounting.closing.DuePayouts.Due;
import com.uberpopug.ates.accounting.day.BusinessDayView;
import com.uberpopug.ates.accounting.day.BusinessDayView.Status;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.day.DayReports;
import com.uberpopug.ates.accounting.user.Users;
import com.uberpopug.ates.platform.pages.Confirmed;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Business days in a browser: the list, the confirmation with the payouts, and the progress of a close. */
@Controller
@RequestMapping("/business-days")
class BusinessDayPage {

    /** Number of payouts that the confirmation lists. */
    private static final int MOST_LISTED = 10;

    private final DayReports reports;
    private final RequestClose requestClose;
    private final BusinessDays days;
    private final DuePayouts duePayouts;
    private final Users users;
    private final Clock clock;

    BusinessDayPage(DayReports reports, RequestClose requestClose, BusinessDays days,
            DuePayouts duePayouts, Users users, Clock clock) {
        this.reports = reports;
        this.requestClose = requestClose;
        this.days = days;
        this.duePayouts = duePayouts;
        this.users = users;
        this.clock = clock;
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String days(@RequestParam @Nullable String after, @RequestParam @Nullable Integer limit,
            Model model) {
        var page = reports.page(Cursor.decode(after, 1, parts -> Cursor.date(parts.getFirst())),
                Page.limit(limit));
        var shown = after == null ? withToday(page) : page;
        model.addAttribute("days", shown);
        model.addAttribute("last", days.lastEnded(Duration.ZERO).plusDays(1));
        model.addAttribute("progress", progress(shown.items().stream()));
        return "business-days";
    }

    /** A day, and the result of its close. */
    @GetMapping("/{date}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String day(@PathVariable LocalDate date, Model model) {
        var day = find(date);
        model.addAttribute("day", day);
        model.addAttribute("last", days.lastEnded(Duration.ZERO).plusDays(1));
        model.addAttribute("progress", progress(Stream.of(day)));
        return "business-day";
    }

    /** The confirmation: the payouts of a close at this moment. */
    @GetMapping("/{date}/close")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @FreshSignIn
    ModelAndView question(@PathVariable LocalDate date) {
        var day = find(date);
        return day.status() == Status.OPEN && mayBeClosed(date)
                ? question(day, HttpStatus.OK, null)
                : new ModelAndView("redirect:/business-days/" + date);
    }

    /** The close pays the amounts owed at its moment; an old confirmation with other amounts is shown again. */
    @PostMapping("/{date}/close")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @FreshSignIn
    ModelAndView close(Caller caller, @PathVariable LocalDate date, Confirmed confirmed, RedirectAttributes next) {
        if (!Period.isOnCalendar(date)) {
            throw unknown(date);
        }
        if (mayBeClosed(date)) {
            var day = find(date);
            if (day.status() == Status.OPEN
                    && !confirmed.holds(figures(duePayouts.until(date, days.oldestOpen().orElse(date), 1)))) {
                return question(day, HttpStatus.CONFLICT, confirmed.isAnswer() ? "shell.question.moved" : null);
            }
        }
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(switch (requestClose.request(date, caller.id())) {
            case REQUESTED, BEING_CLOSED -> "day.close-requested";
            case CLOSED_ALREADY -> "day.closed-already";
            case IN_THE_FUTURE -> "day.in-the-future";
            case UNKNOWN -> throw unknown(date);
        }));
        return new ModelAndView(mayBeClosed(date) ? "redirect:/business-days/" + date : "redirect:/business-days");
    }

    private boolean mayBeClosed(LocalDate date) {
        return !date.isAfter(days.lastEnded(Duration.ZERO).plusDays(1));
    }

    private ModelAndView question(BusinessDayView day, HttpStatus status, @Nullable String why) {
        var oldestOpen = days.oldestOpen().orElse(day.businessDate());
        var due = duePayouts.until(day.businessDate(), oldestOpen, MOST_LISTED);
        var question = new ModelAndView("business-day-question", status);
        question.addObject("day", day);
        question.addObject("due", due);
        question.addObject("people", users.named(due.highest().stream().map(Due::workerId).collect(toSet())));
        question.addObject("earlier", Math.max(0, ChronoUnit.DAYS.between(oldestOpen, day.businessDate())));
        question.addObject("asked", figures(due));
        question.addObject("why", why);
        return question;
    }

    private Confirmed figures(DuePayouts.Total due) {
        return Confirmed.of(due.workers(), due.cents(), clock.instant());
    }

    /** Adds today, which can be closed even without transfers. */
    private Page<BusinessDayView> withToday(Page<BusinessDayView> page) {
        var today = days.today();
        return page.items().stream().anyMatch(day -> !day.businessDate().isBefore(today))
                ? page
                : new Page<>(Stream.concat(Stream.of(find(today)), page.items().stream()).toList(),
                        page.next());
    }

    private BusinessDayView find(LocalDate date) {
        return reports.find(date).orElseThrow(() -> unknown(date));
    }

    private DayReports.@Nullable Progress progress(Stream<BusinessDayView> shown) {
        return shown.anyMatch(day -> day.status() == Status.CLOSING) ? reports.progress() : null;
    }

    private static RuntimeException unknown(LocalDate date) {
        return Problems.notFound("There is no business day " + date);
    }
}
