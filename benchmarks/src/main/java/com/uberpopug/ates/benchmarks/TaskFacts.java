package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** All events of tasks that are created, assigned once and completed, and of their fees and rewards, over 60 days. */
final class TaskFacts {

    private static final int WORKERS = 1_000;
    private static final int DAYS = 60;
    /** The number of tasks that are created before the first of them is completed. */
    private static final int UNDER_WAY = 1_000;
    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 1);

    private final int tasks;
    private final Random random = new Random(1);
    private final long[] sequences = new long[WORKERS];
    private final long[] balances = new long[WORKERS];
    private long transfers;
    private long earned;

    TaskFacts(int tasks) {
        this.tasks = tasks;
    }

    private record Work(UUID id, int worker, long feeCents, long amountCents) {
    }

    private int chunks() {
        return tasks / UNDER_WAY;
    }

    /** Four events of each task, two of its money, and one of the managers' for each chunk of tasks. */
    long events() {
        return 6L * UNDER_WAY * chunks() + chunks();
    }

    /** Those that analytics applies. */
    long handled() {
        return 4L * UNDER_WAY * chunks() + chunks();
    }

    void send(Events events) {
        for (int chunk = 0; chunk < chunks(); chunk++) {
            var date = FIRST_DAY.plusDays((long) chunk * DAYS / chunks());
            var at = date.atTime(12, 0).toInstant(ZoneOffset.UTC);
            var works = Stream.generate(() -> new Work(Ids.next(), random.nextInt(WORKERS),
                    1_000 + random.nextInt(1_001), 2_000 + random.nextInt(2_001))).limit(UNDER_WAY).toList();
            var facts = new ArrayList<Fact>();
            works.forEach(work -> facts.add(fact(work, 1, at, new TaskCreated(work.id, "Repaint the button of room "
                    + random.nextInt(1_000), null, worker(work), at))));
            works.forEach(work -> facts.add(fact(work, 2, at, new TaskReadyForAssign(work.id, work.feeCents,
                    work.amountCents, at, Amounts.CURRENCY))));
            works.forEach(work -> facts.add(fact(work, 3, at, new TaskAssigned(work.id, worker(work), 1, work.feeCents,
                    at, null, Amounts.CURRENCY))));
            works.forEach(work -> facts.add(charged(work, date, at)));
            works.forEach(work -> facts.add(fact(work, 4, at, new TaskCompleted(work.id, worker(work), 1,
                    work.amountCents, at, Amounts.CURRENCY))));
            works.forEach(work -> facts.add(rewarded(work, date, at)));
            long change = works.stream().mapToLong(work -> work.feeCents - work.amountCents).sum();
            earned += change;
            transfers += 2 * UNDER_WAY;
            facts.add(Fact.of(Ids.next(), date, transfers, at,
                    new ManagersBalanceChanged(date, change, earned, 2 * UNDER_WAY, at, Amounts.CURRENCY)));
            events.send(facts.toArray(Fact[]::new));
        }
    }

    private static Fact fact(Work work, long sequence, Instant at, SpecificRecord event) {
        return new Fact(Ids.next(), work.id.toString(), sequence, at, trace(work), List.of(event));
    }

    private static String trace(Work work) {
        return "00-%016x%016x-%016x-01".formatted(work.id.getMostSignificantBits(), work.id.getLeastSignificantBits(),
                work.id.getLeastSignificantBits());
    }

    private Fact charged(Work work, LocalDate date, Instant at) {
        balances[work.worker] -= work.feeCents;
        return ofWorker(work, at, new UserBalanceCharged(worker(work), Ids.next(), work.id, 1, work.feeCents,
                -work.feeCents, balances[work.worker], date, at, Amounts.CURRENCY));
    }

    private Fact rewarded(Work work, LocalDate date, Instant at) {
        balances[work.worker] += work.amountCents;
        return ofWorker(work, at, new UserBalanceChanged(worker(work), Ids.next(), BalanceChangeKind.REWARD, work.id,
                null, null, work.amountCents, balances[work.worker], date, at, Amounts.CURRENCY));
    }

    private Fact ofWorker(Work work, Instant at, SpecificRecord event) {
        return new Fact(Ids.next(), worker(work).toString(), ++sequences[work.worker], at, trace(work), List.of(event));
    }

    private static UUID worker(Work work) {
        return TaskMoney.worker(work.worker);
    }
}
