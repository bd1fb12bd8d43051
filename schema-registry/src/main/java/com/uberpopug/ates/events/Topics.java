package com.uberpopug.ates.events;

import static java.util.stream.Collectors.toCollection;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The topics, one per aggregate, and who writes and reads them; the key of every record is the aggregate's id.
 */
public final class Topics {

    /** By user: the state of each, and erasures. */
    public static final String USERS = "ates.users";
    /** By session: ended ones. */
    public static final String SESSIONS = "ates.sessions";
    /** By task: what happens to it. */
    public static final String TASKS = "ates.tasks";
    /** By task: its fee and its reward. */
    public static final String PRICES = "ates.prices";
    /** By worker: fees, rewards, corrections and payouts. */
    public static final String BALANCES = "ates.balances";
    /** By business date: the company's earnings. */
    public static final String MANAGERS = "ates.managers";
    /** The security log. */
    public static final String SECURITY = "ates.security";

    /** Must never change: facts of one key would be split over two partitions and lose their order. */
    public static final int PARTITIONS = 12;

    /** The principal with which consumers outside of this system read. */
    public static final String OTHER_TEAMS = "other-teams";

    /** The principal with which admins' tools read the security log. */
    public static final String SECURITY_TOOLS = "security-tools";

    private static final String AUTH = "auth-service";
    private static final String TASKS_SERVICE = "tasks-service";
    private static final String ACCOUNTING = "accounting-service";
    private static final String ANALYTICS = "analytics-service";

    private Topics() {
    }

    /** Every topic, with the settings and the rights that RegisterSchemas applies. */
    public static List<Topic> all() {
        return List.of(
                Topic.compacted(USERS).writtenBy(AUTH).readBy(TASKS_SERVICE, ACCOUNTING, ANALYTICS, OTHER_TEAMS),
                Topic.keptFor(SESSIONS, Duration.ofDays(1)).writtenBy(AUTH)
                        .readBy(TASKS_SERVICE, ACCOUNTING, ANALYTICS),
                Topic.keptForEver(TASKS).writtenBy(TASKS_SERVICE).readBy(ACCOUNTING, ANALYTICS, OTHER_TEAMS),
                Topic.keptForEver(PRICES).writtenBy(ACCOUNTING).readBy(TASKS_SERVICE, OTHER_TEAMS),
                Topic.keptForEver(BALANCES).writtenBy(ACCOUNTING).readBy(ANALYTICS, OTHER_TEAMS),
                Topic.keptForEver(MANAGERS).writtenBy(ACCOUNTING).readBy(ANALYTICS, OTHER_TEAMS),
                // Whoever adds to the log does not read what the others did.
                Topic.keptFor(SECURITY, Duration.ofDays(30))
                        .addedToBy(AUTH, TASKS_SERVICE, ACCOUNTING, ANALYTICS).readBy(AUTH, SECURITY_TOOLS));
    }

    /** Everybody who writes or reads a topic: the services, {@link #OTHER_TEAMS} and {@link #SECURITY_TOOLS}. */
    public static Set<String> principals() {
        return all().stream().flatMap(topic -> Stream.concat(topic.writers().stream(), topic.readers().stream()))
                .collect(toCollection(TreeSet::new));
    }

    /**
     * A topic.
     *
     * @param settings Kafka's settings of its retention and of its records' time
     * @param writers the principals that may write; several only where facts of one key have one writer all the same
     * @param readers the principals that may read
     */
    public record Topic(String name, Map<String, String> settings, Set<String> writers, Set<String> readers) {

        private Topic(String name, Map<String, String> settings) {
            this(name, settings, Set.of(), Set.of());
        }

        /** The only writer, which may read, too. */
        Topic writtenBy(String principal) {
            return addedToBy(principal).readBy(principal);
        }

        Topic addedToBy(String... principals) {
            return new Topic(name, settings, Set.of(principals), readers);
        }

        /** More readers. */
        Topic readBy(String... principals) {
            return new Topic(name, settings, writers, Stream.concat(readers.stream(), Stream.of(principals))
                    .collect(toCollection(TreeSet::new)));
        }

        static Topic keptForEver(String name) {
            return new Topic(name, Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1"));
        }

        static Topic keptFor(String name, Duration retention) {
            return new Topic(name, Map.of("cleanup.policy", "delete", "retention.ms", "" + retention.toMillis()));
        }

        /**
         * The last record of each key is kept for ever. A replaced or erased record may hold personal data, so the
         * broker removes it within about a day. A tombstone stays for 30 days, for consumers that were down as long.
         * The broker dates the records, because consumers tell by the time which of two was written later.
         */
        static Topic compacted(String name) {
            return new Topic(name, Map.of("cleanup.policy", "compact", "max.compaction.lag.ms",
                    "" + Duration.ofDays(1).toMillis(), "delete.retention.ms", "" + Duration.ofDays(30).toMillis(),
                    "message.timestamp.type", "LogAppendTime"));
        }
    }
}
