package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A fee or a reward, caused by an event of tasks-service.
 *
 * @param factId the assignment or the completion
 * @param isFee false for a reward
 */
record TaskMoney(UUID factId, boolean isFee, UUID worker, UUID task, long cents, Instant at) {

    /** Of stored history. */
    static final long FEE_CENTS = 1_500;
    static final long REWARD_CENTS = 3_000;
    static final String PRICE_SECRET = "a secret of the benchmark, long enough";
    /** The number of tasks that are assigned before the first of them is completed. */
    private static final int UNDER_WAY = 1_000;

    /** A number of fees and rewards, of tasks that are assigned once, each to any worker, and then completed. */
    static List<TaskMoney> next(int count, int workers) {
        var random = ThreadLocalRandom.current();
        var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var all = new ArrayList<TaskMoney>(count);
        while (all.size() < count) {
            var fees = new ArrayList<TaskMoney>(UNDER_WAY);
            for (int i = 0; i < Math.min(UNDER_WAY, (count - all.size()) / 2); i++) {
                var task = Ids.next();
                fees.add(
                        new TaskMoney(Ids.next(), true, worker(random.nextInt(workers)), task, drawn(task, true), now));
            }
            all.addAll(fees);
            fees.forEach(fee -> all
                    .add(new TaskMoney(Ids.next(), false, fee.worker, fee.task, drawn(fee.task, false), now)));
        }
        return all;
    }

    /** As accounting-service draws the fee, or the reward: it posts no other amount. */
    private static long drawn(UUID task, boolean fee) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(PRICE_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            var hash = mac.doFinal(ByteBuffer.allocate(16).putLong(task.getMostSignificantBits())
                    .putLong(task.getLeastSignificantBits()).array());
            var number = new BigInteger(1, Arrays.copyOfRange(hash, fee ? 0 : 16, fee ? 16 : 32));
            return 100 * (fee ? 10 : 20) + 100 * number.mod(BigInteger.valueOf(fee ? 11 : 21)).longValue();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ids follow from numbers, so that SQL can compute them. */
    static UUID worker(int number) {
        return new UUID(0x7000, 0x8000_0000_0000_0000L | number);
    }

    /** As announced by tasks-service, in a trace of its own. */
    Fact fact() {
        var event = isFee
                ? new TaskAssigned(task, worker, 1, cents, at, null, Amounts.CURRENCY)
                : new TaskCompleted(task, worker, 1, cents, at, Amounts.CURRENCY);
        var trace = "00-%016x%016x-%016x-01".formatted(task.getMostSignificantBits(), task.getLeastSignificantBits(),
                factId.getLeastSignificantBits());
        return new Fact(factId, task.toString(), isFee ? 3 : 4, at, trace, List.of(event));
    }
}
