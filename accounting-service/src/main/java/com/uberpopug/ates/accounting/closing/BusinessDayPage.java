package com.uberpopug.ates.accounting.closing;

import com.uberpopug.ates.accounting.ledger.BusinessDays;
import com.uberpopug.ates.platform.security.Allowed;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The business days in a browser, each with the button that closes it and how far that is. */
@Controller
@RequestMapping("/business-days")
class BusinessDayPage {

    private final BusinessDayController businessDays;
    private final RequestClose requestClose;
    private final BusinessDays days;
    private final JdbcClient db;

    BusinessDayPage(BusinessDayController businessDays, RequestClose requestClose, BusinessDays days, JdbcClient db) {
        this.businessDays = businessDays;
        this.requestClose = requestClose;
        this.days = days;
        this.db = db;
    }

    /** How many accounts the payouts of the day that is being closed have come past, and how many there are. */
    record Progress(long done, long total) {
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String days(@RequestParam @Nullable String after, @RequestParam @Nullable Integer limit,
            Model model) {
        var page = businessDays.all(after, limit);
        var shown = after == null ? withToday(page) : page;
        model.addAttribute("days", shown);
        model.addAttribute("last", days.lastEnded(Duration.ZERO).plusDays(1));
        model.addAttribute("progress",
                shown.items().stream().anyMatch(day -> "CLOSING".equals(day.status())) ? progress() : null);
        return "business-days";
    }

    @PostMapping("/{date}/close")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String close(Caller caller, @PathVariable LocalDate date, RedirectAttributes next) {
        if (!Period.isOnCalendar(date)) {
            throw Problems.notFound("There is no business day " + date);
        }
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(switch (requestClose.request(date, caller.id())) {
            case REQUESTED, BEING_CLOSED -> "day.close-requested";
            case CLOSED_ALREADY -> "day.closed-already";
            case IN_THE_FUTURE -> "day.in-the-future";
            case UNKNOWN -> throw Problems.notFound("There is no business day " + date);
        }));
        return "redirect:/business-days";
    }

    /** Today is a day that can be closed, whether money has moved yet or not. */
    private Page<BusinessDayView> withToday(Page<BusinessDayView> page) {
        var today = days.today();
        return page.items().stream().anyMatch(day -> !day.businessDate().isBefore(today))
                ? page
                : new Page<>(Stream.concat(Stream.of(businessDays.one(today)), page.items().stream()).toList(),
                        page.next());
    }

    private Progress progress() {
        return db.sql("""
                select count(*) filter (where id <= paid_until) as done, count(*) as total
                  from accounts
                 cross join (select paid_until from business_days
                              where closed_at is not null or requested_at is not null
                              order by finished_at is null desc, business_date limit 1) closing
                 where kind = 'WORKER'
                """).query(Progress.class).single();
    }
}
