package com.uberpopug.ates.events;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The topics, one per aggregate; the key of every record is the aggregate's id. */
public final class Topics {

    public static final String USERS = "ates.users";
    public static final String SESSIONS = "ates.sessions";
    public static final String TASKS = "ates.tasks";
    public static final String PRICES = "ates.prices";
    public static final String BALANCES = "ates.balances";
    public static final String MANAGERS = "ates.managers";

    /** Must never change: facts of one key would be split over two partitions and lose their order. */
    public static final int PARTITIONS = 12;

    private Topics() {
    }

    /** Every topic, with the settings that RegisterSchemas applies. */
    public static List<Topic> all() {
        return List.of(Topic.compacted(USERS), Topic.keptFor(SESSIONS, Duration.ofDays(1)), Topic.keptForEver(TASKS),
                Topic.keptForEver(PRICES), Topic.keptForEver(BALANCES), Topic.keptForEver(MANAGERS));
    }

    /** A topic's name and the Kafka settings of its retention. */
    public record Topic(String name, Map<String, String> settings) {

        static Topic keptForEver(String name) {
            return new Topic(name, Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1"));
        }

        static Topic keptFor(String name, Duration retention) {
            return new Topic(name, Map.of("cleanup.policy", "delete", "retention.ms", "" + retention.toMillis()));
        }

        /**
         * The last record of each key is kept for ever. A replaced or erased record may hold personal data, so the
         * broker removes it within about a day. A tombstone stays for 30 days, for consumers that were down as long.
         */
        static Topic compacted(String name) {
            return new Topic(name, Map.of("cleanup.policy", "compact", "max.compaction.lag.ms",
                    "" + Duration.ofDays(1).toMillis(), "delete.retention.ms", "" + Duration.ofDays(30).toMillis()));
        }
    }
}
