package com.uberpopug.ates.accounting.correction;

import com.uberpopug.ates.accounting.account.AuditLog;
import com.uberpopug.ates.accounting.account.TransferView;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer.Outcome;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.Money;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import jakarta.validation.Valid;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The form of a correction, in a browser. */
@Controller
@RequestMapping("/corrections")
class CorrectionPage implements BlankIsNothing {

    private final CorrectTransfer correctTransfer;
    private final AuditLog auditLog;

    CorrectionPage(CorrectTransfer correctTransfer, AuditLog auditLog) {
        this.correctTransfer = correctTransfer;
        this.auditLog = auditLog;
    }

    @GetMapping("/new")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @FreshSignIn
    String form(@RequestParam UUID transfer, Model model) {
        model.addAttribute("line", transfer(transfer));
        model.addAttribute("holder", auditLog.holderOf(transfer));
        model.addAttribute("wanted", new NewCorrection(transfer, ""));
        return "correction";
    }

    @PostMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @FreshSignIn
    ModelAndView correct(@Valid @ModelAttribute("wanted") NewCorrection wanted, BindingResult errors, Caller caller,
            @RequestHeader(name = "HX-Request", defaultValue = "false") boolean fragment, RedirectAttributes next) {
        var line = transfer(wanted.transferId());
        if (!errors.hasErrors()) {
            switch (correctTransfer.correct(line.id(), wanted.reason(), caller.id())) {
                case Outcome.Corrected(var id) -> {
                    var correction = transfer(id);
                    return leadsTo(id, Toast.of("correction.done", Money.change(correction.changeCents()),
                            Money.dollars(correction.balanceAfterCents())), next);
                }
                // The transfer's page shows the earlier correction and its reason.
                case Outcome.CorrectedAlready _ -> {
                    return leadsTo(line.id(), Toast.of("correction.done-already"), next);
                }
                case Outcome.Overflow _ -> errors.rejectValue("reason", "correction.overflow");
                case Outcome.Unknown _,Outcome.NotCorrectable _ -> errors.rejectValue("reason", "correction.refused");
            }
        }
        return new ModelAndView(fragment ? "correction :: form" : "correction", HttpStatus.UNPROCESSABLE_CONTENT)
                .addObject("line", line).addObject("holder", auditLog.holderOf(line.id()));
    }

    private static ModelAndView leadsTo(UUID transfer, Toast toast, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, toast);
        return new ModelAndView("redirect:/transfers/" + transfer);
    }

    private TransferView transfer(@Nullable UUID id) {
        if (id == null) {
            throw Problems.badRequest("transferId", "must be a transfer");
        }
        return auditLog.transfer(id).orElseThrow(() -> Problems.notFound("There is no transfer " + id));
    }
}
