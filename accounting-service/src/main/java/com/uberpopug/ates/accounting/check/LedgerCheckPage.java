package com.uberpopug.ates.accounting.check;

import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** The proof of the ledger in a browser: what came of the last one at night, and a button for one now. */
@Controller
@RequestMapping("/ledger-check")
class LedgerCheckPage {

    private final LedgerCheckController check;
    private final JdbcClient db;

    LedgerCheckPage(LedgerCheckController check, JdbcClient db) {
        this.check = check;
        this.db = db;
    }

    /** What came of a nightly check, and why it could not compare with the events, where it could not. */
    record LastCheck(Instant checkedAt, int differences, @Nullable String notCompared) {
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String last(Model model) {
        model.addAttribute("last", db.sql("""
                select checked_at, differences, not_compared from ledger_checks order by checked_at desc limit 1
                """).query(LastCheck.class).optional().orElse(null));
        return "ledger-check";
    }

    @PostMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String run(Model model) {
        model.addAttribute("result", check.check(true));
        return last(model);
    }
}
