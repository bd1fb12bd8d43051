package com.uberpopug.ates.events.catalogue;

import com.uberpopug.ates.events.Topics;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a schema does not say about its event: when it is announced, and when each of its releases was, and why. */
final class Catalogue {

    private static final Map.Entry<String, Release> FIRST_RELEASE = released("1", "2026-11-30", "The first release.");

    /** By the type of the event. */
    static final SortedMap<String, Entry> ENTRIES = new TreeMap<>(Map.ofEntries(
            entry("Users.Created",
                    "When a user is created: by an admin, or the first users when the system first starts.",
                    FIRST_RELEASE),
            entry("Users.Updated",
                    "When a user's name, email, language or role changes, and when a user is deactivated or "
                            + "activated again.",
                    FIRST_RELEASE),
            entry("Users.Restated",
                    "When an admin has a user's state announced anew, because another record of the key "
                            + "was forged or damaged.",
                    FIRST_RELEASE),
            entry("Sessions.Ended",
                    "After a sign-out, a new password, a change of role or passkeys that asks for a new sign-in, "
                            + "and the user's deactivation or erasure.",
                    FIRST_RELEASE),
            entry("Tasks.Created", "When somebody creates a task, on the page or by REST.",
                    FIRST_RELEASE,
                    released("2", "2026-11-30",
                            "jira_id beside the title, which holds neither [ nor ] any more and has at "
                                    + "most 200 characters. Version 1 has both in its title: [UBERPOP-42] - Repaint the button.")),
            entry("Tasks.ReadyForAssign", "When tasks-service has received the task's price.",
                    FIRST_RELEASE),
            entry("Tasks.Assigned",
                    "When a shuffle gives the task to a worker, and again by each later one until it is completed.",
                    FIRST_RELEASE),
            entry("Tasks.Completed", "When the assignee completes the task.",
                    FIRST_RELEASE),
            entry("Tasks.AmountsCalculated", "When accounting-service has received a new task.",
                    FIRST_RELEASE),
            entry("Users.BalanceCharged", "When the fee of an assignment was posted to the ledger.",
                    FIRST_RELEASE),
            entry("Users.BalanceChanged",
                    "When the reward of a completion was posted to the ledger, or the correction of a "
                            + "fee or reward.",
                    FIRST_RELEASE),
            entry("Users.DailyPaidAmount",
                    "When a business date is closed, for each worker with a positive balance at its "
                            + "end.",
                    FIRST_RELEASE),
            entry("Managers.BalanceChanged",
                    "After each batch of fees, rewards and corrections that was posted, once for "
                            + "each business date in it.",
                    FIRST_RELEASE),
            entry("BusinessDays.Closed",
                    "When a business date was closed and its positive balances, if any, were paid.",
                    FIRST_RELEASE),
            entry("Security.Recorded",
                    "When something that matters for security happens in a service: a sign-in, a refused "
                            + "request, a change of rights or of money by hand.",
                    FIRST_RELEASE)));

    /** The one record without a value, and so without a schema. */
    static final Erasure ERASURE = new Erasure("Users.Erased", Topics.USERS,
            "A user was erased: forget what is known of the person. Tasks and transfers go on naming the id. It always "
                    + "counts, whatever its ce_aggregateversion.",
            "When an admin erases a user, or announces that an id is nobody's.", LocalDate.parse("2026-11-30"));

    /** The key of each topic's records, which is text. */
    static final Map<String, String> KEYS = Map.of(Topics.USERS, "the user's id", Topics.SESSIONS,
            "the sign-on session's id", Topics.TASKS, "the task's id", Topics.PRICES, "the task's id",
            Topics.BALANCES, "the worker's id", Topics.MANAGERS, "the business date, as 2026-11-22",
            Topics.SECURITY, "the entry's id");

    private Catalogue() {
    }

    /**
     * An event.
     *
     * @param when when it is announced
     * @param releases by version, {@code 1}, and after a compatible change {@code 1.2}, as the released file is named
     */
    record Entry(String when, SortedMap<String, Release> releases) {
    }

    /** @param change what is new, for consumers */
    record Release(LocalDate date, String change) {
    }

    /** A record without a value on a compacted topic. */
    record Erasure(String type, String topic, String meaning, String when, LocalDate date) {
    }

    @SafeVarargs
    private static Map.Entry<String, Entry> entry(String type, String when, Map.Entry<String, Release>... releases) {
        return Map.entry(type, new Entry(when, new TreeMap<>(Map.ofEntries(releases))));
    }

    private static Map.Entry<String, Release> released(String version, String date, String change) {
        return Map.entry(version, new Release(LocalDate.parse(date), change));
    }
}
