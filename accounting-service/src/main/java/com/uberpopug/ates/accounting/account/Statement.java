package com.uberpopug.ates.accounting.account;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * A worker's transfers as CSV, which spreadsheets open.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180, Common Format for CSV Files</a>
 */
final class Statement implements Closeable {

    static final String CSV = "text/csv;charset=UTF-8";

    private static final CSVFormat FORMAT = CSVFormat.RFC4180.builder()
            .setHeader("place", "business_date", "occurred_at", "kind", "task_id", "task", "assignment", "change",
                    "balance_after", "transfer_id", "corrects_transfer_id", "correction_reason")
            .get();

    private final CSVPrinter printer;

    Statement(Writer writer) throws IOException {
        printer = new CSVPrinter(writer, FORMAT);
    }

    void add(TransferView line) {
        try {
            printer.printRecord(line.place(), line.businessDate(), line.occurredAt(), line.kind(), line.taskId(),
                    text(line.taskTitle()), line.assignmentNumber(), dollars(line.changeCents()),
                    dollars(line.balanceAfterCents()), line.id(), line.correctsTransferId(),
                    text(line.correctionReason()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BigDecimal dollars(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }

    /** Somebody may have called a task "=1+1", and a spreadsheet would calculate it. */
    private static @Nullable String text(@Nullable String text) {
        return text != null && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    @Override
    public void close() throws IOException {
        printer.close(true);
    }
}
