package com.uberpopug.ates.events;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A task's title and its id in Jira, which people write before the title: {@code [UBERPOP-42] - Repaint the button}.
 * The one rule by which the two are told apart, for what is typed, for stored tasks and for Tasks.Created/v1.
 *
 * <ul>
 * <li>The id stands at the beginning, in square brackets, also in full-width or lenticular ones: {@code ［UBERPOP-42］},
 * {@code 【UBERPOP-42】}. In Unicode's form NFKC it is a {@link #JIRA_ID}; the dash may be any of Unicode's, and spaces and
 * format characters may stand around each part.
 * <li>Between id and title there may be spaces with one run of dashes or a colon among them.
 * <li>Anything else is a part of the title.
 * </ul>
 *
 * @param jiraId of the form of {@link #JIRA_ID}, at most {@value #MOST_OF_JIRA_ID} characters; null where there is none
 * @param text   what is to be done, without the id; may be empty
 */
public record TaskTitle(@Nullable String jiraId, String text) {

    /** The form of an id in Jira: the project's key, a hyphen and a number. */
    public static final String JIRA_ID = "[A-Z][A-Z0-9]+-[0-9]+";

    /** The longest id, in characters. */
    public static final int MOST_OF_JIRA_ID = 50;

    private static final String SPACES = "[\\s\\p{Z}\\uFEFF]*";
    /** With characters that nobody sees, as those that chats and right-to-left texts bring along. */
    private static final String UNSEEN = "[\\s\\p{Z}\\p{Cf}]*";
    private static final String DASHES = "[\\p{Pd}\\u2212\\u00AD\\u2043]";
    private static final Pattern ID = Pattern.compile(JIRA_ID);
    private static final Pattern WITH_ID = Pattern.compile(
            "%3$s(?:\\[([^\\[\\]]*)]|［([^［］]*)］|【([^【】]*)】)%1$s(?:%2$s+|[:：])?%1$s(.*)".formatted(SPACES, DASHES,
                    UNSEEN),
            Pattern.DOTALL);
    private static final Pattern DASH_IN_ID = Pattern.compile(UNSEEN + DASHES + UNSEEN);
    private static final Pattern AROUND_ID = Pattern.compile("^" + UNSEEN + "|" + UNSEEN + "$");
    private static final Pattern NOTHING = Pattern.compile(UNSEEN);

    /** Splits what was typed. Brackets that hold no id stay in the text, which may be empty. */
    public static TaskTitle split(String typed) {
        var match = WITH_ID.matcher(typed);
        if (match.matches()) {
            for (int bracket = 1; bracket <= 3; bracket++) {
                var id = match.group(bracket) == null ? null : id(match.group(bracket));
                if (id != null) {
                    return new TaskTitle(id, match.group(4));
                }
            }
        }
        return new TaskTitle(null, typed);
    }

    /** An id that was typed alone, in brackets or without; null where it has not the form of one. */
    public static @Nullable String jiraId(String typed) {
        var split = split(typed);
        return split.jiraId != null && split.text.isEmpty() ? split.jiraId : id(typed);
    }

    /**
     * Splits a title from the time before Tasks.Created/v2, so that it follows version 2: brackets that are left become
     * round ones, and an id without a title is the title, too.
     */
    public static TaskTitle ofOld(String title) {
        var split = split(title);
        return split.jiraId != null && NOTHING.matcher(split.text).matches()
                ? new TaskTitle(split.jiraId, split.jiraId)
                : new TaskTitle(split.jiraId, split.text.replace('[', '(').replace(']', ')'));
    }

    /** As a row has it: one of a writer from before Tasks.Created/v2 has no id, but perhaps a title that begins with it. */
    public static TaskTitle stored(@Nullable String jiraId, String title) {
        return jiraId == null ? ofOld(title) : new TaskTitle(jiraId, title);
    }

    /** Both on one line for people: {@code UBERPOP-42 Repaint the button}. */
    public String line() {
        return jiraId == null ? text : jiraId + " " + text;
    }

    /** Both in one text, as version 1 has them. Split again, they are the same. */
    public String joined() {
        return jiraId == null ? text : "[%s] - %s".formatted(jiraId, text);
    }

    private static @Nullable String id(String typed) {
        var plain = AROUND_ID.matcher(DASH_IN_ID.matcher(Normalizer.normalize(typed, Form.NFKC)).replaceAll("-"))
                .replaceAll("");
        return plain.length() <= MOST_OF_JIRA_ID && ID.matcher(plain).matches() ? plain : null;
    }
}
