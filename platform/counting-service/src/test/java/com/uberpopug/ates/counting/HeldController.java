package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Requests that stay in progress for as long as a test wants, at most a minute. */
@RestController
class HeldController {

    static volatile CountDownLatch released = new CountDownLatch(0);
    /** How many are in progress. */
    static final AtomicInteger held = new AtomicInteger();

    @GetMapping("/api/held")
    @AllowedToUsers
    boolean hold() throws InterruptedException {
        held.incrementAndGet();
        try {
            return released.await(1, TimeUnit.MINUTES);
        } finally {
            held.decrementAndGet();
        }
    }
}
