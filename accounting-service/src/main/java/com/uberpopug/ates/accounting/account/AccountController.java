package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.accounting.account.AuditLog.Order;
import com.uberpopug.ates.accounting.account.Statement.Form;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.TypedText;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.LocalDate;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Accounts over REST: a worker reads the own account as "me"; accountants and admins read all. */
@RestController
@RequestMapping("/api/accounts")
class AccountController {

    private static final String STATEMENT = "The business dates `from` to `to`, by default the last 30 days, of any length."
            + " RFC 4180 in UTF-8, without a byte order mark: a header, commas, CR LF, decimal points, ISO dates, instants in UTC."
            + " Money is in dollars. An apostrophe stands before `=`, `+`, `-` or `@` wherever a spreadsheet would begin a"
            + " formula: at the start of a text, behind a comma, semicolon, bar, tab, line end or double quote, and"
            + " behind a space, unless another space follows.";
    private static final String UNTIL = "The last date of the period; by default today";
    private static final String NO_ACCOUNT = "Only popugs and accountants have an account";

    private final AuditLog auditLog;
    private final StatementDownload downloads;

    AccountController(AuditLog auditLog, StatementDownload downloads) {
        this.auditLog = auditLog;
        this.downloads = downloads;
    }

    @GetMapping("/me")
    @AllowedToUsers
    @Operation(summary = "My balance, and my earnings of today")
    @ApiResponse(responseCode = "200", description = "Your account")
    @ApiResponse(responseCode = "404", description = NO_ACCOUNT)
    AccountView mine(Caller caller) {
        return account(caller.id(), () -> none(caller));
    }

    @GetMapping("/me/transfers")
    @AllowedToUsers
    @Operation(summary = "My audit log, the newest first")
    @ApiResponse(responseCode = "200", description = "A page of the log")
    @ApiResponse(responseCode = "404", description = NO_ACCOUNT)
    Page<TransferView> myTransfers(Caller caller, @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit) {
        return transfers(caller.id(), after, limit, () -> none(caller));
    }

    @GetMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "All accounts in the order of logins, filtered by a text in login or name", description = "Accountants and admins.")
    Page<AccountView> all(
            @Parameter(description = "A text in login or name; upper and lower case are equal", example = "anna") @RequestParam @Nullable @PlainText(min = 1, max = 100) String q,
            @RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        return auditLog.accounts(q == null ? null : TypedText.stripped(q), Order.LOGIN,
                Cursor.decode(after, 2, Order.LOGIN::parse), Page.limit(limit));
    }

    @GetMapping("/{userId}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "A worker's account", description = "Accountants and admins.")
    AccountView one(@Parameter(description = "The worker") @PathVariable UUID userId) {
        return account(userId, () -> none(userId));
    }

    @GetMapping("/{userId}/transfers")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "A worker's audit log, the newest first", description = "Accountants and admins.")
    Page<TransferView> transfers(@Parameter(description = "The worker") @PathVariable UUID userId,
            @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit) {
        return transfers(userId, after, limit, () -> none(userId));
    }

    @GetMapping(path = "/me/statement", produces = Statement.CSV)
    @AllowedToUsers
    @Operation(summary = "My transfers of a period as CSV, the oldest first", description = STATEMENT)
    @ApiResponse(responseCode = "200", description = "RFC 4180", content = @Content(mediaType = Statement.CSV, schema = @Schema(type = "string", example = Statement.EXAMPLE)))
    @ApiResponse(responseCode = "404", description = NO_ACCOUNT)
    void myStatement(Caller caller, @RequestParam @Nullable LocalDate from,
            @Parameter(description = UNTIL) @RequestParam @Nullable LocalDate to, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        downloads.send(account(caller.id(), () -> none(caller)), from, to, Form.CSV, request, response);
    }

    @GetMapping(path = "/{userId}/statement", produces = Statement.CSV)
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "A worker's transfers of a period as CSV, the oldest first", description = "Accountants and admins. "
            + STATEMENT)
    @ApiResponse(responseCode = "200", description = "RFC 4180", content = @Content(mediaType = Statement.CSV, schema = @Schema(type = "string", example = Statement.EXAMPLE)))
    void statement(@Parameter(description = "The worker") @PathVariable UUID userId,
            @RequestParam @Nullable LocalDate from,
            @Parameter(description = UNTIL) @RequestParam @Nullable LocalDate to, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        downloads.send(account(userId, () -> none(userId)), from, to, Form.CSV, request, response);
    }

    private AccountView account(UUID userId, Supplier<RuntimeException> none) {
        return auditLog.account(userId).orElseThrow(none);
    }

    private Page<TransferView> transfers(UUID userId, @Nullable String after, @Nullable Integer limit,
            Supplier<RuntimeException> none) {
        var before = Cursor.decode(after, 1, parts -> Cursor.number(parts.getFirst()));
        int rows = Page.limit(limit);
        if (!auditLog.isAccount(userId)) {
            throw none.get();
        }
        return auditLog.transfers(userId, before, rows);
    }

    private static RuntimeException none(Caller caller) {
        return Problems.notFound("Only popugs and accountants have an account; your role is "
                + caller.role().wire());
    }

    private static RuntimeException none(UUID userId) {
        return Problems.notFound("User " + userId + " has no account; only popugs and accountants have one");
    }
}
