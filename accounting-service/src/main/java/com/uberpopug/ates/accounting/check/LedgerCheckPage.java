package com.uberpopug.ates.accounting.check;

import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.RepeatsFreely;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** The ledger check in a browser: the last nightly result, and a button for a check now. */
@Controller
@RequestMapping("/ledger-check")
class LedgerCheckPage {

    private final LedgerChecks checks;

    LedgerCheckPage(LedgerChecks checks) {
        this.checks = checks;
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String last(Model model) {
        model.addAttribute("last", checks.lastNightly().orElse(null));
        return "ledger-check";
    }

    @PostMapping
    @RepeatsFreely
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    String run(Model model) {
        model.addAttribute("result", checks.run(true).orElseThrow(() -> Problems.notNow(LedgerChecks.MAX_CHECKS
                + " checks are running on this instance; try again later", LedgerChecks.PAUSE)));
        return last(model);
    }
}
