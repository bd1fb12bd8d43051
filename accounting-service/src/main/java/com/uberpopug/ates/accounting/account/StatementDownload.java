package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.accounting.account.Statement.Form;
import com.uberpopug.ates.platform.web.Period;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.support.RequestContextUtils;

/** Writes a worker's statement into a response, row by row. */
@Component
class StatementDownload {

    private final AuditLog auditLog;
    private final MessageSource words;

    StatementDownload(AuditLog auditLog, MessageSource words) {
        this.auditLog = auditLog;
        this.words = words;
    }

    /**
     * Sends a statement, or only its headers for a {@code HEAD} request.
     *
     * @param from the first date; null for 30 days before {@code to}
     * @param to   the last date; null for today
     */
    void send(AccountView account, @Nullable LocalDate from, @Nullable LocalDate to, Form form,
            HttpServletRequest request, HttpServletResponse response) throws IOException {
        var period = Period.ofAnyLength(from, to, account.today().businessDate());
        response.setContentType(form.type());
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, ContentDisposition.attachment()
                .filename("statement-%s-%s.%s".formatted(period.from(), period.to(), form.suffix())).build()
                .toString());
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            return;
        }
        try {
            // Completed only after all rows: a proper end would hide missing ones.
            var statement = form.on(response.getOutputStream(), words, RequestContextUtils.getLocale(request));
            auditLog.statement(account.userId(), period, statement::add);
            statement.complete();
        } catch (RuntimeException failed) {
            if (!response.isCommitted()) {
                // Otherwise browsers would store the problem or error page under the statement's name.
                response.reset();
            }
            throw failed;
        }
    }
}
