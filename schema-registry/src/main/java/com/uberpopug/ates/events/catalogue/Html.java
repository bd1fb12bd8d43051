package com.uberpopug.ates.events.catalogue;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** A page as HTML that is well-formed XML, needs no other file, and fits on a phone. */
final class Html {

    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>%1$s</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
            .wide, pre { overflow-x: auto; }
            table { border-collapse: collapse; }
            th, td { border: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; }
            code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
            pre { border: 1px solid #8886; padding: .6rem; }
            td { min-width: 5rem; overflow-wrap: break-word; }
            </style>
            </head>
            <body>
            <nav><a href="index.html">All events</a> · <a href="asyncapi.json">asyncapi.json</a></nav>
            <h1>%1$s</h1>
            %2$s
            </body>
            </html>
            """;

    private Html() {
    }

    static String of(Page page) {
        return PAGE.formatted(escaped(page.title()), page.blocks().stream().map(Html::block).collect(joining("\n")));
    }

    private static String block(Page.Block block) {
        return switch (block) {
            case Page.Heading(var text) -> "<h2>%s</h2>".formatted(escaped(text));
            case Page.Paragraph(var line) -> "<p>%s</p>".formatted(words(line));
            case Page.Table(var head, var rows) -> "<div class=\"wide\"><table>\n%s%s\n</table></div>".formatted(
                    head.stream().allMatch(String::isEmpty) ? "" : row("th", head.stream().map(Html::escaped).toList()),
                    rows.stream().map(row -> row("td", row.stream().map(Html::words).toList())).collect(joining("\n")));
            case Page.Listing(var _, var text) -> "<pre>%s</pre>".formatted(escaped(text));
        };
    }

    private static String row(String element, List<String> cells) {
        return cells.stream().map(cell -> "<%1$s>%2$s</%1$s>".formatted(element, cell))
                .collect(joining("", "<tr>", "</tr>"));
    }

    private static String words(List<Page.Words> line) {
        return line.stream().map(words -> switch (words) {
            case Page.Text(var text) -> escaped(text);
            case Page.Code(var text) -> "<code>%s</code>".formatted(escaped(text));
            case Page.ToPage(var text, var name) ->
                "<a href=\"%s.html\">%s</a>".formatted(escaped(name), escaped(text));
            // The site has the generated pages only.
            case Page.ToFile(var text, var file) -> "%s (<code>%s</code>)".formatted(escaped(text),
                    escaped(("docs/events/" + file).replaceFirst("^docs/events/\\.\\./\\.\\./", "")));
        }).collect(joining());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
