package com.uberpopug.ates.accounting.account;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * CSV for programs: UTF-8, separated by commas, lines ended by CR LF, decimal points, ISO dates, instants in UTC.
 *
 * <p>A spreadsheet may use another separator than the comma, and so begin a cell within a text. An apostrophe stands
 * before every character that would begin a formula in such a cell.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180, Common Format for CSV Files</a>
 */
final class CsvStatement implements Statement {

    private static final CSVFormat FORMAT = CSVFormat.RFC4180.builder()
            .setHeader("place", "business_date", "occurred_at", "kind", "task_id", "jira_id", "task", "assignment",
                    "change",
                    "balance_after", "transfer_id", "corrects_transfer_id", "correction_reason")
            .get();
    private static final char MARK = '\uFEFF';
    /** A cell begins at the start, behind a separator or a quote, and may be indented. */
    private static final String START = "(^|[,;|\\t\\r\\n\\u000B\\f\"])([\\s\\p{Z}\\p{Cc}]*+'*+)";
    private static final String SIGN = "[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20]";
    /** A space may separate cells, too; a sign with a space behind it, as a dash has, begins no formula. */
    private static final String WORD = "([\\s\\p{Z}\\p{Cc}]'*+)(?=" + SIGN + "(?:[^\\s\\p{Z}\\p{Cc}]|\\z))";
    private static final Pattern FORMULA = Pattern.compile(START + "(?=" + SIGN + ")|" + WORD);

    private final CSVPrinter printer;

    /** @param marked whether the file begins with a byte order mark */
    CsvStatement(OutputStream output, boolean marked) throws IOException {
        var writer = new OutputStreamWriter(output, StandardCharsets.UTF_8);
        if (marked) {
            writer.write(MARK);
        }
        printer = new CSVPrinter(writer, FORMAT);
    }

    @Override
    public void add(TransferView line) throws IOException {
        printer.printRecord(line.place(), line.businessDate(), line.occurredAt(), line.kind(), line.taskId(),
                line.jiraId(), text(line.taskTitle()), line.assignmentNumber(), dollars(line.changeCents()),
                dollars(line.balanceAfterCents()), line.id(), line.correctsTransferId(),
                text(line.correctionReason()));
    }

    @Override
    public void complete() throws IOException {
        printer.close(true);
    }

    private static BigDecimal dollars(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }

    /** Escapes formulas; a program restores the text by removing one apostrophe at each such position. */
    static @Nullable String text(@Nullable String text) {
        return text == null ? null : FORMULA.matcher(text).replaceAll("$1$2$3'");
    }
}
