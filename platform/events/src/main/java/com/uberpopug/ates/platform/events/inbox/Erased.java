package com.uberpopug.ates.platform.events.inbox;

/** The key's record on a compacted topic was deleted: forget what it said. */
public record Erased(String key) {
}
