package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Problems;
import io.swagger.v3.oas.annotations.Operation;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/accounts")
class AccountController {

    private final AuditLog auditLog;

    AccountController(AuditLog auditLog) {
        this.auditLog = auditLog;
    }

    @GetMapping("/me")
    @Operation(summary = "My balance, and what I earned today")
    AccountView mine(Caller caller) {
        return auditLog.account(caller.id()).orElseThrow(() -> none(caller));
    }

    @GetMapping("/me/transfers")
    @Operation(summary = "My audit log, the newest first")
    Page<TransferView> myTransfers(Caller caller, @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit) {
        var before = Cursor.decode(after, 1, parts -> Long.valueOf(parts.getFirst()));
        int rows = Page.limit(limit);
        if (auditLog.account(caller.id()).isEmpty()) {
            throw none(caller);
        }
        return auditLog.transfers(caller.id(), before, rows);
    }

    private static RuntimeException none(Caller caller) {
        return Problems.notFound("There is no account for you: popugs and accountants have one, and you are a "
                + caller.role().wire());
    }
}
