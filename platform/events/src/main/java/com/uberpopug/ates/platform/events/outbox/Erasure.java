package com.uberpopug.ates.platform.events.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * What was known under a key is to be forgotten: announced by a record without a value, which makes a compacted topic
 * drop the key.
 *
 * @param id         names the fact
 * @param topic      a compacted topic
 * @param type       the envelope's type, such as {@code Users.Erased}
 * @param key        the aggregate's id, as the facts before it had it
 * @param sequence   the next after those facts
 * @param occurredAt when it happened
 */
public record Erasure(UUID id, String topic, String type, String key, long sequence, Instant occurredAt) {
}
