package com.uberpopug.ates.accounting.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.uberpopug.ates.accounting.account.Statement.Form;
import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.platform.events.Ids;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Statement files as spreadsheets and programs read them, with every kind of title. */
class StatementFilesTests {

    private static final List<String> TITLES = List.of("Repaint the button", "pay;=1+1;x", "=1+1", "+1+1", "-1+1",
            "@SUM(1+1)", "\t=1+1", " =1+1", "a,=1+1", "a\t=1+1", "a|=1+1", "a\"=1+1", "a;\"=1+1\";b", "\"=1+1\"",
            "a;'=1+1", "'=1+1", "a;  +1", "a,\"\"\"-2+3", "＝1+1", "a;＠x", "=HYPERLINK(\"http://evil.example\";\"x\")",
            "=cmd|' /C calc'!A0", "Перекрасить кнопку; ёжик", "Задача «=1»", "12,50", "1/2", "1e5", "007",
            "_x003D_1+1", "_x0041_", "  two blanks  ", "🦜 parrot", "é é", "שלום", "<b>&amp;</b>", "a;=1\n;=2",
            "TRUE", "#REF!");
    private static final String STARTERS = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";
    private static final String PIECES = STARTERS + STARTERS + ",,;;\t|\"\"'' \r\n\u00A0aя1\uD83E\uDD9C\uD83E\u0007";
    private static final int AMOUNT = 6;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"en-US, en", "ru-RU, ru"})
    void workbook_opens_with_texts_as_texts_and_amounts_as_numbers(String locale, String language)
            throws Exception {
        var file = directory.resolve("statement.xlsx");
        Files.write(file, written(Form.EXCEL, Locale.of(language), TITLES));
        var rows = opened(file, locale, null);
        assertThat(rows).hasSize(TITLES.size() + 1);
        assertThat(rows.getFirst().getFirst().text()).isEqualTo(language.equals("ru") ? "№" : "No.");
        for (int row = 1; row < rows.size(); row++) {
            var cells = rows.get(row);
            var title = TITLES.get(row - 1);
            assertThat(cells).as(title).noneMatch(Cell::isFormula);
            assertThat(cells.get(4)).as(title).isEqualTo(new Cell("string", null, title, false));
            assertThat(cells.get(AMOUNT).type()).as("type of the amount").isIn("float", "currency");
            assertThat(new BigDecimal(String.valueOf(cells.get(AMOUNT).value())))
                    .isEqualByComparingTo(BigDecimal.valueOf(-1_250, 2));
            assertThat(cells.get(1).type()).isEqualTo("date");
            assertThat(cells.get(1).value()).startsWith("2026-11-22");
        }
    }

    @ParameterizedTest
    @CsvSource({"en-US, 1033, 44", "en-US, 1033, 59", "en-US, 1033, 9", "ru-RU, 1049, 44", "ru-RU, 1049, 59",
            "ru-RU, 1049, 9"})
    void csv_opens_without_formulas_for_every_separator(String locale, int language,
            int separator) throws Exception {
        var file = directory.resolve("statement.csv");
        Files.write(file, written(Form.CSV_FILE, Locale.ENGLISH, TITLES));
        var filter = "Text - txt - csv (StarCalc):%d,34,76,1,,%d,false,true".formatted(separator, language);
        var rows = opened(file, locale, filter);
        assertThat(rows.stream().flatMap(List::stream)).noneMatch(Cell::isFormula);
        if (separator == ',') {
            assertThat(rows.getFirst().getFirst().text()).as("behind the byte order mark").isEqualTo("place");
            assertThat(rows.stream().flatMap(List::stream)).extracting(Cell::text)
                    .contains("Перекрасить кнопку; ёжик");
        }

        Files.writeString(file, "a%1$c=1+1%1$cb%n".formatted(separator));
        assertThat(opened(file, locale, filter).getFirst()).as("a formula is seen").anyMatch(Cell::isFormula);
    }

    @Test
    void csv_restores_every_text_and_escapes_every_formula() throws Exception {
        for (long seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            var title = title(random);
            var guarded = String.valueOf(CsvStatement.text(title));
            assertThat(unguarded(guarded)).as("seed %d", seed).isEqualTo(title);
            var csv = "1,\"" + guarded.replace("\"", "\"\"") + "\",-1.50";
            for (var separator : List.of(";", "\t", "|", ",", "\n", "\r")) {
                assertThat(csv.split(Pattern.quote(separator))).as("seed %d: %s", seed, csv).noneMatch(
                        cell -> !cell.equals("-1.50") && isFormula(cell));
            }
            assertThat(csv.split(" ")).as("seed %d: %s", seed, csv).noneMatch(
                    cell -> cell.length() > 1 && STARTERS.indexOf(cell.charAt(0)) >= 0
                            && !cell.substring(1, 2).matches("[\\s\\p{Z}\\p{Cc}]"));
            assertThat(isFormula(guarded)).as("seed %d: %s", seed, guarded).isFalse();
        }
    }

    @Test
    void csv_is_rfc_4180_in_utf_8() throws Exception {
        var csv = new String(written(Form.CSV, Locale.ENGLISH, List.of("Ёж, \"said\"")), UTF_8);
        assertThat(csv).startsWith("place,business_date,occurred_at,kind,task_id,jira_id,task,").endsWith("\r\n");
        assertThat(new String(written(Form.CSV_FILE, Locale.ENGLISH, List.of("Ёж, \"said\"")), UTF_8))
                .startsWith("\uFEFFplace,business_date,");
        try (var parsed = CSVParser.parse(csv, CSVFormat.RFC4180)) {
            var records = parsed.getRecords();
            assertThat(records).hasSize(2);
            assertThat(records.get(1).toList()).contains("2026-11-22", "2026-11-22T09:30:00Z", "FEE", "UBERPOP-42",
                    "Ёж, \"said\"",
                    "-12.50");
        }
    }

    @Test
    void cells_hold_what_xml_and_excel_can_hold() throws Exception {
        var longest = "я".repeat(ExcelStatement.LONGEST_TEXT);
        var cut = "🦜".repeat(ExcelStatement.LONGEST_TEXT);
        var texts = texts(written(Form.EXCEL, Locale.ENGLISH,
                List.of("a\u0000b\u0007\uD83E\uFFFF", longest, longest + "я", cut)), 5);
        assertThat(texts.get(0)).isEqualTo("a\uFFFDb\uFFFD\uFFFD\uFFFD");
        assertThat(texts.get(1)).isEqualTo(longest);
        assertThat(texts.get(2)).hasSize(ExcelStatement.LONGEST_TEXT).endsWith("я…");
        assertThat(texts.get(3)).hasSizeLessThanOrEqualTo(ExcelStatement.LONGEST_TEXT).endsWith("🦜…");
    }

    @Test
    void full_sheet_is_followed_by_another() throws Exception {
        var output = new ByteArrayOutputStream();
        var statement = new ExcelStatement(output, words(), Locale.of("ru"), 10);
        for (int line = 1; line <= 25; line++) {
            statement.add(line(line, "a task"));
        }
        statement.complete();
        var parts = parts(output.toByteArray());
        assertThat(parts.keySet()).contains("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml",
                "xl/worksheets/sheet3.xml").doesNotContain("xl/worksheets/sheet4.xml");
        assertThat(new String(parts.get("xl/worksheets/sheet3.xml"), UTF_8)).contains("r=\"A6\"")
                .doesNotContain("r=\"A7\"").contains("state=\"frozen\"");
        assertThat(new String(parts.get("xl/workbook.xml"), UTF_8)).contains("3");
    }

    @Test
    void long_statement_is_streamed() throws IOException {
        long[] written = {0};
        var statement = Form.EXCEL.on(new OutputStream() {
            @Override
            public void write(int each) {
                written[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                written[0] += length;
            }
        }, words(), Locale.ENGLISH);
        for (int line = 1; line <= 20_000; line++) {
            statement.add(line(line, "a task " + line));
        }
        assertThat(written[0]).as("before the end").isGreaterThan(200_000);
        statement.complete();
    }

    private static String title(Random random) {
        var title = new StringBuilder();
        random.ints(1 + random.nextInt(12), 0, PIECES.length()).forEach(each -> title.append(PIECES.charAt(each)));
        return title.toString();
    }

    private static boolean isFormula(String cell) {
        var seen = cell.replaceFirst("^[\"\\s\\p{Z}\\p{Cc}]+", "");
        return !seen.isEmpty() && STARTERS.indexOf(seen.charAt(0)) >= 0;
    }

    /** Unescapes a text as the documentation describes. */
    private static String unguarded(String text) {
        var sign = "[" + STARTERS.replace("-", "\\-") + "]";
        return text.replaceAll("(^|[,;|\\t\\r\\n\\x0B\\f\"])([\\s\\p{Z}\\p{Cc}]*)'('*)(?=" + sign + ")"
                + "|([\\s\\p{Z}\\p{Cc}])'('*)(?=" + sign + "(?:[^\\s\\p{Z}\\p{Cc}]|\\z))", "$1$2$3$4$5");
    }

    private static byte[] written(Form form, Locale language, List<String> titles) throws IOException {
        var output = new ByteArrayOutputStream();
        var statement = form.on(output, words(), language);
        for (int line = 1; line <= titles.size(); line++) {
            statement.add(line(line, titles.get(line - 1)));
        }
        statement.complete();
        return output.toByteArray();
    }

    private static TransferView line(int logPosition, String title) {
        return new TransferView(Ids.next(), logPosition, "FEE", -1_250, -1_250L * logPosition,
                LocalDate.parse("2026-11-22"),
                Instant.parse("2026-11-22T09:30:00Z"), UUID.randomUUID(), "UBERPOP-42", title, 1, null, null,
                null);
    }

    private static ResourceBundleMessageSource words() {
        var words = new ResourceBundleMessageSource();
        words.setBasename("messages");
        words.setDefaultEncoding("UTF-8");
        words.setFallbackToSystemLocale(false);
        return words;
    }

    /** The raw texts of a column. */
    private List<String> texts(byte[] workbook, int column) throws Exception {
        var texts = new ArrayList<String>();
        var cells = elements(new ByteArrayInputStream(parts(workbook).get("xl/worksheets/sheet1.xml")), "c");
        for (var cell : cells) {
            if (cell.getAttribute("r").matches((char) ('A' + column) + "\\d+") && !cell.getAttribute("r").endsWith("1")
                    || cell.getAttribute("r").matches((char) ('A' + column) + "\\d1")) {
                texts.add(cell.getTextContent());
            }
        }
        return texts;
    }

    private TreeMap<String, byte[]> parts(byte[] workbook) throws IOException {
        var parts = new TreeMap<String, byte[]>();
        try (var zip = new ZipFile(Files.write(directory.resolve("workbook.xlsx"), workbook).toFile())) {
            for (var entry : Collections.list(zip.entries())) {
                parts.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return parts;
    }

    /** A cell as the spreadsheet read it. */
    private record Cell(String type, @Nullable String value, String text, boolean isFormula) {
    }

    /** Opens a file in LibreOffice, and reads its cells. */
    private List<List<Cell>> opened(Path file, String locale, @Nullable String filter) throws Exception {
        assumeTrue(ChildProcess.isOnPath("soffice"), "LibreOffice is not installed here");
        var profile = directory.resolve("profile");
        Files.createDirectories(profile.resolve("user"));
        Files.writeString(profile.resolve("user/registrymodifications.xcu"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <oor:items xmlns:oor="http://openoffice.org/2001/registry">
                <item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
                <value>%s</value></prop></item></oor:items>
                """.formatted(locale));
        var command = new ArrayList<>(List.of("soffice", "-env:UserInstallation=" + profile.toUri(), "--headless",
                "--convert-to", "fods", "--outdir", directory.resolve("opened").toString()));
        if (filter != null) {
            command.add("--infilter=" + filter);
        }
        command.add(file.toString());
        var soffice = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(directory.resolve("soffice.log").toFile()).start();
        assertThat(soffice.waitFor(2, TimeUnit.MINUTES)).as("LibreOffice is done").isTrue();
        var made = directory.resolve("opened").resolve(file.getFileName().toString().replaceFirst("\\.\\w+$", ".fods"));
        assertThat(made).as(Files.readString(directory.resolve("soffice.log"))).exists();
        try (var input = Files.newInputStream(made)) {
            var rows = elements(input, "table:table-row").stream().map(StatementFilesTests::cells)
                    .filter(cells -> !cells.isEmpty()).toList();
            Files.delete(made);
            return rows;
        }
    }

    private static List<Cell> cells(Element row) {
        var cells = new ArrayList<Cell>();
        for (var child = row.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element cell && cell.getTagName().equals("table:table-cell")) {
                var repeated = cell.getAttribute("table:number-columns-repeated");
                var type = cell.getAttribute("office:value-type");
                var value = type.equals("string")
                        ? null
                        : cell.getAttribute(type.equals("date") ? "office:date-value" : "office:value");
                var one = new Cell(type, value, text(cell), cell.hasAttribute("table:formula"));
                if (!type.isEmpty() || repeated.isEmpty() || Integer.parseInt(repeated) < 100) {
                    IntStream.range(0, repeated.isEmpty() ? 1 : Integer.parseInt(repeated))
                            .forEach(_ -> cells.add(one));
                }
            }
        }
        while (!cells.isEmpty() && cells.getLast().type().isEmpty()) {
            cells.removeLast();
        }
        return cells;
    }

    private static String text(Element cell) {
        var lines = new ArrayList<String>();
        for (var child = cell.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element line && line.getTagName().equals("text:p")) {
                lines.add(inline(line));
            }
        }
        return String.join("\n", lines);
    }

    private static String inline(Node node) {
        var text = new StringBuilder();
        for (var child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            text.append(switch (child) {
                case Element blanks when blanks.getTagName().equals("text:s") -> " ".repeat(
                        blanks.hasAttribute("text:c") ? Integer.parseInt(blanks.getAttribute("text:c")) : 1);
                case Element tab when tab.getTagName().equals("text:tab") -> "\t";
                case Element end when end.getTagName().equals("text:line-break") -> "\n";
                case Element other -> inline(other);
                default -> child.getTextContent();
            });
        }
        return text.toString();
    }

    private static List<Element> elements(InputStream xml, String name) throws Exception {
        var nodes = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml).getElementsByTagName(name);
        return Stream.iterate(0, index -> index < nodes.getLength(), index -> index + 1)
                .map(index -> (Element) nodes.item(index)).toList();
    }
}
