package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.test.RealParts;
import java.time.Duration;

/** The parts that tests kill: durable, and not shared with other tests. */
final class OwnParts {

    /** With {@code -Plong}: more rounds, and outages of a minute. */
    static final boolean LONG = Boolean.getBoolean("ates.long");
    static final Duration AWAY = Duration.ofSeconds(LONG ? 60 : 8);
    static final RealParts PARTS = new RealParts(true);

    private OwnParts() {
    }
}
