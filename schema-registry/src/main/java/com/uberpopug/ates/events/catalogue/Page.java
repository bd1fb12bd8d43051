package com.uberpopug.ates.events.catalogue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A page of the catalogue, before it is Markdown or HTML.
 *
 * @param name the file's name without its ending
 */
record Page(String name, String title, List<Block> blocks) {

    /** Names of fields and headers, and types of events, in a text. */
    private static final Pattern NAMES = Pattern
            .compile("\\b[a-z]+(?:_[a-z]+)+\\b|\\b[A-Z][A-Za-z]+\\.[A-Z][A-Za-z]+\\b");

    sealed interface Block {
    }

    record Heading(String text) implements Block {
    }

    record Paragraph(List<Words> line) implements Block {
    }

    /** @param head empty texts where the first column names the rows */
    record Table(List<String> head, List<List<List<Words>>> rows) implements Block {
    }

    record Listing(String language, String text) implements Block {
    }

    sealed interface Words {
    }

    record Text(String text) implements Words {
    }

    record Code(String text) implements Words {
    }

    /** A link to another page. */
    record ToPage(String text, String name) implements Words {
    }

    /** A link to a file of the repository. */
    record ToFile(String text, String fromDocsEvents) implements Words {
    }

    static List<Words> code(String text) {
        return List.of(new Code(text));
    }

    /**
     * A text, its names of fields as code, its types of events as links.
     *
     * @param types the events that have a page
     */
    static List<Words> prose(String text, Collection<String> types) {
        var words = new ArrayList<Words>();
        var match = NAMES.matcher(text);
        int from = 0;
        while (match.find()) {
            var name = match.group();
            if (name.contains("_") || types.contains(name)) {
                add(words, text.substring(from, match.start()));
                words.add(name.contains("_") ? new Code(name) : new ToPage(name, name));
                from = match.end();
            }
        }
        add(words, text.substring(from));
        return words;
    }

    private static void add(List<Words> words, String text) {
        if (!text.isEmpty()) {
            words.add(new Text(text));
        }
    }
}
