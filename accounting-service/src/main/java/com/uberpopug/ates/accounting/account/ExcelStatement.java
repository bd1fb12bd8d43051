package com.uberpopug.ates.accounting.account;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.dhatim.fastexcel.RichText;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;

/**
 * A workbook in the viewer's language: amounts and dates are numbers, independent of a spreadsheet's separators, and
 * texts are never calculated. It is streamed; half a megabyte of it is buffered.
 *
 * <p>A text above the limit of a cell ends with an ellipsis; a character that XML excludes becomes U+FFFD. A sheet has
 * {@value #ROWS_OF_SHEET} lines, and another sheet follows. Spreadsheets keep 15 digits of an amount.
 *
 * @see <a href="https://ecma-international.org/publications-and-standards/standards/ecma-376/">ECMA-376, Office Open
 * XML File Formats</a>
 */
final class ExcelStatement implements Statement {

    /** Excel's own limit is 1,048,576, its header included. */
    static final int ROWS_OF_SHEET = 1_000_000;
    /** Excel's own limit of a cell, in UTF-16 units. */
    static final int LONGEST_TEXT = 32_767;

    private static final int ROWS_HELD = 1_000;
    private static final String DATE = "yyyy-mm-dd";
    private static final String TIME = "yyyy-mm-dd hh:mm:ss";
    private static final String MONEY = "#,##0.00";
    /** Spreadsheets read this as an escaped character, so its underscore is escaped. */
    private static final Pattern ESCAPE = Pattern.compile("_(?=x\\p{XDigit}{4}_)");
    private static final String UNDERSCORE = "_x005F_";

    /** A column: the key of its title, and its width in digits. */
    private record Column(String key, int width) {
    }

    private static final List<Column> COLUMNS = List.of(new Column("statement.place", 8),
            new Column("transfer.business-date", 12), new Column("statement.when", 20),
            new Column("statement.kind", 14), new Column("statement.jira-id", 14), new Column("statement.task", 50),
            new Column("statement.assignment", 12),
            new Column("statement.change", 14), new Column("statement.balance-after", 16),
            new Column("statement.reason", 40), new Column("statement.task-id", 38),
            new Column("statement.transfer-id", 38), new Column("statement.corrects", 38));

    private final MessageSource words;
    private final Locale language;
    private final Workbook workbook;
    private final int rowsOfSheet;
    private int sheets;
    private int row;
    private Worksheet sheet;

    ExcelStatement(OutputStream output, MessageSource words, Locale language) throws IOException {
        this(output, words, language, ROWS_OF_SHEET);
    }

    ExcelStatement(OutputStream output, MessageSource words, Locale language, int rowsOfSheet) throws IOException {
        this.words = words;
        this.language = language;
        this.rowsOfSheet = rowsOfSheet;
        workbook = new Workbook(output, "aTES", null);
        sheet = newSheet();
    }

    private Worksheet newSheet() {
        var name = word("statement.sheet");
        var next = workbook.newWorksheet(sheets == 0 ? name : name + " " + (sheets + 1));
        sheets++;
        for (int column = 0; column < COLUMNS.size(); column++) {
            next.width(column, COLUMNS.get(column).width());
            next.inlineString(0, column, word(COLUMNS.get(column).key()));
        }
        next.range(0, 0, 0, COLUMNS.size() - 1).style().bold().set();
        next.freezePane(0, 1);
        row = 1;
        return next;
    }

    @Override
    public void add(TransferView line) throws IOException {
        if (row > rowsOfSheet) {
            sheet.finish();
            sheet = newSheet();
        }
        sheet.value(row, 0, line.place());
        sheet.value(row, 1, line.businessDate());
        sheet.style(row, 1).format(DATE).set();
        sheet.value(row, 2, line.occurredAt());
        sheet.style(row, 2).format(TIME).set();
        text(3, word("transfer.kind." + line.kind()));
        text(4, line.jiraId());
        text(5, line.taskTitle());
        sheet.value(row, 6, line.assignmentNumber());
        money(7, line.changeCents());
        money(8, line.balanceAfterCents());
        text(9, line.correctionReason());
        id(10, line.taskId());
        id(11, line.id());
        id(12, line.correctsTransferId());
        if (row % ROWS_HELD == 0) {
            sheet.flush();
        }
        row++;
    }

    @Override
    public void complete() throws IOException {
        workbook.finish();
    }

    private String word(String key) {
        return words.getMessage(key, null, language);
    }

    private void money(int column, long cents) {
        sheet.value(row, column, BigDecimal.valueOf(cents, 2));
        sheet.style(row, column).format(MONEY).set();
    }

    private void id(int column, @Nullable UUID id) {
        text(column, id == null ? null : id.toString());
    }

    /** Writes rich text of one plain run, which keeps blanks at both ends. */
    private void text(int column, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            sheet.inlineString(row, column, RichText.builder().run(fitting(text)).end().build());
        }
    }

    /** The part of a text that a cell can hold. */
    static String fitting(String text) {
        var fit = text.length() <= LONGEST_TEXT ? text : shortened(text);
        var whole = new StringBuilder(fit.length());
        fit.codePoints().map(each -> isXml(each) ? each : 0xFFFD).forEach(whole::appendCodePoint);
        return ESCAPE.matcher(whole).replaceAll(UNDERSCORE);
    }

    private static String shortened(String text) {
        int end = LONGEST_TEXT - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }

    /** The characters of XML 1.0. */
    private static boolean isXml(int character) {
        return character == '\t' || character == '\n' || character == '\r'
                || character >= 0x20 && character <= 0xD7FF || character >= 0xE000 && character <= 0xFFFD
                || character >= 0x10000;
    }
}
