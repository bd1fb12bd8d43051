package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.test.RealParts;
import java.time.Duration;

/** The parts that tests kill: durable, and not those that other tests stand on. */
final class OwnParts {

    /** With {@code -Plong}: more rounds, and parts that are away for a minute. */
    static final boolean LONG = Boolean.getBoolean("ates.long");
    static final Duration AWAY = Duration.ofSeconds(LONG ? 60 : 5);
    static final RealParts PARTS = new RealParts(true);

    private OwnParts() {
    }
}
