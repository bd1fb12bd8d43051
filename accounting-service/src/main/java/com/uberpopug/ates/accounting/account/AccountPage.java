package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.accounting.account.AuditLog.Order;
import com.uberpopug.ates.accounting.account.Statement.Form;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.PeriodForm;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

/** Accounts in a browser: the viewer's own, and all accounts for accountants and admins. */
@Controller
class AccountPage implements BlankIsNothing {

    private final AuditLog auditLog;
    private final StatementDownload downloads;

    AccountPage(AuditLog auditLog, StatementDownload downloads) {
        this.auditLog = auditLog;
        this.downloads = downloads;
    }

    /** The search and the order of the accounts, as in the address. */
    record Search(@Nullable String q, @Nullable Order order) {

        /** The address of the list, or of a part of it. */
        public String address(@Nullable String after) {
            var address = UriComponentsBuilder.fromPath("/accounts");
            Optional.ofNullable(q).ifPresent(_ -> address.queryParam("q", "{q}"));
            Optional.ofNullable(order).ifPresent(it -> address.queryParam("order", it));
            Optional.ofNullable(after).ifPresent(it -> address.queryParam("after", it));
            return address.encode().buildAndExpand(Map.of("q", Objects.toString(q, ""))).toUriString();
        }
    }

    /** A part of a log: the lines behind a cursor; {@code day} is the business date of the line before them. */
    record Part(@Nullable String after, @Nullable Integer limit, @Nullable LocalDate day) {
    }

    @GetMapping("/")
    @AllowedToUsers
    ModelAndView mine(Caller caller, @ModelAttribute("part") Part part,
            @ModelAttribute("asked") PeriodForm asked, BindingResult errors, Model model) {
        return account(auditLog.account(caller.id()), part, asked, errors, model).addObject("mine", true);
    }

    @GetMapping({"/statement.xlsx", "/statement.csv"})
    @AllowedToUsers
    @Nullable
    ModelAndView myStatement(Caller caller, @ModelAttribute("asked") PeriodForm asked, BindingResult errors,
            Model model, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var page = mine(caller, new Part(null, null, null), asked, errors, model);
        if (errors.hasErrors()) {
            return page;
        }
        return sent(caller.id(), asked, request, response);
    }

    @GetMapping("/accounts")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String all(@ModelAttribute("search") Search search,
            @RequestParam @Nullable @PlainText(max = 100) String q, @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit, Model model) {
        var order = search.order() == null ? Order.LOGIN : search.order();
        model.addAttribute("accounts", auditLog.accounts(search.q(), order, Cursor.decode(after, 2, order::parse),
                Page.limit(limit)));
        model.addAttribute("orders", Order.values());
        return "accounts";
    }

    @GetMapping("/accounts/{userId}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    ModelAndView one(@PathVariable UUID userId, @ModelAttribute("part") Part part,
            @ModelAttribute("asked") PeriodForm asked, BindingResult errors, Model model) {
        return account(Optional.of(find(userId)), part, asked, errors, model).addObject("mine", false);
    }

    @GetMapping({"/accounts/{userId}/statement.xlsx", "/accounts/{userId}/statement.csv"})
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Nullable
    ModelAndView statement(@PathVariable UUID userId, @ModelAttribute("asked") PeriodForm asked,
            BindingResult errors, Model model, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var page = one(userId, new Part(null, null, null), asked, errors, model);
        if (errors.hasErrors()) {
            return page;
        }
        return sent(userId, asked, request, response);
    }

    private @Nullable ModelAndView sent(UUID userId, PeriodForm asked, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        downloads.send(find(userId), asked.from(), asked.to(), Form.ofFile(request.getRequestURI()), request, response);
        return null;
    }

    private AccountView find(UUID userId) {
        return auditLog.account(userId).orElseThrow(() -> Problems.notFound("There is no account " + userId));
    }

    /** A transfer; its worker may read it, too. To everyone else it does not exist, like an unknown one. */
    @GetMapping("/transfers/{id}")
    @AllowedToUsers
    String transfer(Caller caller, @PathVariable UUID id, Model model) {
        var worker = auditLog.workerOf(id);
        if (!worker.equals(Optional.of(caller.id())) && !caller.is(Role.ACCOUNTANT, Role.ADMIN)) {
            throw unknownTransfer(id);
        }
        model.addAttribute("line", auditLog.transfer(id).orElseThrow(() -> unknownTransfer(id)));
        model.addAttribute("account", worker.flatMap(auditLog::account).orElseThrow());
        return "transfer";
    }

    private static RuntimeException unknownTransfer(UUID id) {
        return Problems.notFound("There is no transfer " + id);
    }

    private ModelAndView account(Optional<AccountView> account, Part part, PeriodForm asked, BindingResult errors,
            Model model) {
        account.ifPresent(it -> {
            var before = Cursor.decode(part.after(), 1, parts -> Cursor.number(parts.getFirst()));
            model.addAttribute("transfers", auditLog.transfers(it.userId(), before, Page.limit(part.limit())));
            model.addAttribute("period", asked.periodOfAnyLength(it.today().businessDate(), errors));
        });
        model.addAttribute("account", account.orElse(null));
        model.addAttribute("part", part);
        return new ModelAndView("account", model.asMap(),
                errors.hasErrors() ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.OK);
    }
}
