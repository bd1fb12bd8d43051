package com.uberpopug.ates.accounting.account;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import org.springframework.context.MessageSource;

/** A worker's transfers as a file, written line by line; it ends properly only when complete. */
sealed interface Statement permits CsvStatement, ExcelStatement {

    String CSV = "text/csv;charset=UTF-8";
    String EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /** The example in the OpenAPI description. */
    String EXAMPLE = """
            place,business_date,occurred_at,kind,task_id,task,assignment,change,balance_after,transfer_id,corrects_transfer_id,correction_reason
            1,2026-11-22,2026-11-22T09:30:00Z,FEE,019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d,Repaint the button,1,-15.00,-15.00,019dd1a0-6a10-7b11-8f02-5d7c1e9a4b3f,,
            """;

    /** The format of a statement. */
    enum Form {

        /** CSV for programs; the response header names the encoding. */
        CSV(Statement.CSV, "csv"),
        /** CSV as a file with a byte order mark: spreadsheets would assume another encoding. */
        CSV_FILE(Statement.CSV, "csv"),
        /** A workbook for people. */
        EXCEL(Statement.EXCEL, "xlsx");

        private final String type;
        private final String suffix;

        Form(String type, String suffix) {
            this.type = type;
            this.suffix = suffix;
        }

        String type() {
            return type;
        }

        String suffix() {
            return suffix;
        }

        static Form ofFile(String path) {
            return path.endsWith("." + EXCEL.suffix) ? EXCEL : CSV_FILE;
        }

        /** @param language the language of a workbook; CSV is the same in all languages */
        Statement on(OutputStream output, MessageSource words, Locale language) throws IOException {
            return switch (this) {
                case CSV -> new CsvStatement(output, false);
                case CSV_FILE -> new CsvStatement(output, true);
                case EXCEL -> new ExcelStatement(output, words, language);
            };
        }
    }

    void add(TransferView line) throws IOException;

    /** Writes the buffered rest and the end; a file without it is recognisably broken. */
    void complete() throws IOException;
}
