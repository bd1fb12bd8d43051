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

    /** What the description of the API shows. */
    static final String EXAMPLE = """
            place,business_date,occurred_at,kind,task_id,task,assignment,change,balance_after,transfer_id,corrects_transfer_id,correction_reason
            1,2026-11-22,2026-11-22T09:30:00Z,FEE,019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d,Repaint the button,1,-15.00,-15.00,019dd1a0-6a10-7b11-8f02-5d7c1e9a4b3f,,
            """;

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
