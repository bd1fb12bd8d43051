package com.uberpopug.ates.accounting.closing;

import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.platform.events.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A simple, slow model of the ledger, which takes one event after the other. */
final class Books {

    /** A start before the database's clock, so that the check of business dates applies. */
    private static final Instant LONG_AGO = Instant.parse("2020-03-01T00:00:00Z");
    /** A start after the database's clock: the check of business dates ignores events of the future. */
    private static final Instant TO_COME = Instant.parse("2120-03-01T00:00:00Z");
    private static final List<UUID> WORKERS = List.of(new UUID(7, 1), new UUID(7, 2), new UUID(7, 3));

    /** The logs of all workers with an account. */
    private final TreeMap<UUID, List<Line>> logs = new TreeMap<>();
    private final Set<UUID> posted = new HashSet<>();
    private final Set<UUID> corrected = new HashSet<>();
    private Instant now = Instant.EPOCH;
    private @Nullable LocalDate first;
    private @Nullable LocalDate lastClosed;
    private @Nullable LocalDate unfinished;
    /** The last worker that the unfinished day has passed. */
    private @Nullable UUID paidUntil;

    /** An assignment or a completion, as tasks-service announced it. */
    record Event(Kind kind, UUID worker, UUID task, int assignment, long feeCents, long amountCents, Instant at) {

        long cents() {
            return kind == Kind.FEE ? feeCents : amountCents;
        }

        /** The key of an event that can occur once. */
        UUID factId() {
            return Ids.derived(task, kind + "/" + assignment);
        }
    }

    /** A step of a sequence. */
    sealed interface Step {

        /** Sets the clock forward, or back. */
        record Tick(Instant now) implements Step {
        }

        /** Popugs become known. */
        record Hear(List<UUID> workers) implements Step {
        }

        /** A batch arrives. */
        record Post(List<Event> events) implements Step {
        }

        /** An accountant corrects the transfer of an event. */
        record Correct(Event event) implements Step {
        }

        /** Days are closed, with a crash after some steps. */
        record Close(LocalDate upTo, int steps) implements Step {
        }
    }

    /** @param madeOf a payout's carry-over, minus the day's fees, plus its rewards; else empty */
    private record Line(String kind, LocalDate date, long change, long after, String madeOf) {

        /** A correction counts as the kind of its original. */
        boolean isFee() {
            return kind.equals("FEE") || kind.equals("CORRECTION") && change > 0;
        }

        boolean isReward() {
            return kind.equals("REWARD") || kind.equals("CORRECTION") && change < 0;
        }
    }

    /** A random sequence: each task's events in order, everything else in any. */
    static List<Step> steps(Random random) {
        boolean isLongAgo = random.nextBoolean();
        var begin = isLongAgo ? LONG_AGO : TO_COME;
        // Either later than every event, or not.
        var clock = isLongAgo ? begin.plus(Duration.ofHours(300)) : begin;
        var waiting = new ArrayList<List<Event>>();
        for (int number = 0; number < 8; number++) {
            waiting.add(new ArrayList<>(task(random, begin, new UUID(number, random.nextLong()))));
        }
        var steps = new ArrayList<Step>();
        var delivered = new ArrayList<Event>();
        steps.add(new Step.Tick(clock.plus(hours(random, 100))));
        while (!waiting.isEmpty()) {
            var batch = new ArrayList<Event>();
            for (int size = 1 + random.nextInt(12); size > 0 && !waiting.isEmpty(); size--) {
                var next = waiting.get(random.nextInt(waiting.size()));
                batch.add(next.removeFirst());
                waiting.removeIf(List::isEmpty);
            }
            delivered.addAll(batch);
            while (random.nextInt(3) == 0) {
                var again = delivered.get(random.nextInt(delivered.size()));
                int after = batch.indexOf(again) + 1;
                batch.add(after + random.nextInt(batch.size() - after + 1), again);
            }
            steps.add(new Step.Post(batch));
            switch (random.nextInt(8)) {
                case 0 -> steps.add(new Step.Hear(List.of(WORKERS.get(random.nextInt(3)))));
                case 1, 2 -> steps.add(new Step.Correct(delivered.get(random.nextInt(delivered.size()))));
                case 3, 4 -> steps.add(new Step.Tick(clock.plus(hours(random, 200))));
                case 5, 6 -> steps.add(new Step.Close(date(begin.plus(hours(random, 150))), 1 + random.nextInt(20)));
                default -> steps.add(new Step.Post(List.of(delivered.get(random.nextInt(delivered.size())))));
            }
        }
        // Includes the end of the days of corrections.
        steps.add(new Step.Close(date(begin.plus(hours(random, 600))), 1 + random.nextInt(80)));
        return steps;
    }

    private static List<Event> task(Random random, Instant begin, UUID id) {
        var events = new ArrayList<Event>();
        int assignments = 1 + random.nextInt(3);
        long fee = 100L * (10 + random.nextInt(11));
        long amount = 100L * (20 + random.nextInt(21));
        var at = begin.plus(hours(random, 150));
        for (int number = 1; number <= assignments; number++) {
            var worker = WORKERS.get(random.nextInt(WORKERS.size()));
            events.add(new Event(Kind.FEE, worker, id, number, fee, amount, at));
            at = at.plus(hours(random, 20));
            if (number == assignments && random.nextInt(3) > 0) {
                events.add(new Event(Kind.REWARD, worker, id, number, fee, amount, at));
            }
        }
        return events;
    }

    private static Duration hours(Random random, int bound) {
        return Duration.ofHours(random.nextInt(bound));
    }

    /** All possible sequences that are shorter by one step, or by one event of a step. */
    static List<List<Step>> shortened(List<Step> steps) {
        return allShortened(steps).stream().filter(Books::rewardsFollowFees).toList();
    }

    /** Otherwise a sequence would fail for the missing fee. */
    private static boolean rewardsFollowFees(List<Step> steps) {
        var charged = new HashSet<String>();
        for (var step : steps) {
            if (step instanceof Step.Post(var events)) {
                for (var event : events) {
                    var assignment = event.task() + "/" + event.assignment();
                    if (event.kind() == Kind.FEE) {
                        charged.add(assignment);
                    } else if (!charged.contains(assignment)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static List<List<Step>> allShortened(List<Step> steps) {
        var shorter = new ArrayList<List<Step>>();
        // The first step sets the clock.
        for (int i = 1; i < steps.size(); i++) {
            var without = new ArrayList<>(steps);
            without.remove(i);
            shorter.add(without);
            if (steps.get(i) instanceof Step.Post(var events) && events.size() > 1) {
                for (int j = 0; j < events.size(); j++) {
                    var fewer = new ArrayList<>(events);
                    fewer.remove(j);
                    var changed = new ArrayList<>(steps);
                    changed.set(i, new Step.Post(fewer));
                    shorter.add(changed);
                }
            }
        }
        return shorter;
    }

    void take(Step step) {
        switch (step) {
            case Step.Tick(var instant) -> now = instant;
            case Step.Hear(var workers) -> workers.forEach(this::log);
            case Step.Post(var events) -> events.forEach(this::post);
            case Step.Correct(var event) -> correct(event);
            case Step.Close(var upTo, var steps) -> close(upTo, steps);
        }
    }

    private void post(Event event) {
        if (posted.add(event.factId())) {
            append(event.worker(), event.kind().name(), dateOf(event.at()),
                    event.kind() == Kind.FEE ? -event.cents() : event.cents());
        }
    }

    private void correct(Event event) {
        if (posted.contains(event.factId()) && corrected.add(event.factId())) {
            append(event.worker(), "CORRECTION", dateOf(now),
                    event.kind() == Kind.FEE ? event.cents() : -event.cents());
        }
    }

    /** Closes a day, pays all accounts including those opened meanwhile, and finishes it. */
    private void close(LocalDate upTo, int steps) {
        while (steps > 0) {
            if (unfinished == null) {
                var oldestOpen = lastClosed == null ? first : lastClosed.plusDays(1);
                if (oldestOpen == null || oldestOpen.isAfter(upTo)) {
                    return;
                }
                lastClosed = oldestOpen;
                unfinished = oldestOpen;
                paidUntil = null;
            } else {
                var next = paidUntil == null ? logs : logs.tailMap(paidUntil, false);
                if (next.isEmpty()) {
                    unfinished = null;
                } else {
                    pay(next.keySet(), unfinished);
                    paidUntil = next.lastKey();
                }
            }
            steps--;
        }
    }

    private void pay(Set<UUID> workers, LocalDate date) {
        for (var worker : workers) {
            long due = log(worker).stream().filter(line -> !line.date().isAfter(date)).mapToLong(Line::change).sum();
            if (due > 0) {
                var today = log(worker).stream().filter(line -> line.date().equals(date)).toList();
                long fees = -today.stream().filter(Line::isFee).mapToLong(Line::change).sum();
                long rewards = today.stream().filter(Line::isReward).mapToLong(Line::change).sum();
                append(worker, "PAYOUT", date, -due,
                        " = %d - %d + %d".formatted(due + fees - rewards, fees, rewards));
            }
        }
    }

    /** Finishes a day whose closing was interrupted. */
    void finish() {
        close(LocalDate.MIN, Integer.MAX_VALUE);
    }

    private void append(UUID worker, String kind, LocalDate date, long change) {
        append(worker, kind, date, change, "");
    }

    private void append(UUID worker, String kind, LocalDate date, long change, String madeOf) {
        first = first == null || date.isBefore(first) ? date : first;
        var log = log(worker);
        log.add(new Line(kind, date, change, (log.isEmpty() ? 0 : log.getLast().after()) + change, madeOf));
    }

    private List<Line> log(UUID worker) {
        return logs.computeIfAbsent(worker, _ -> new ArrayList<>());
    }

    /** Its own date; today if that is in the future; the oldest open one if that is closed. */
    private LocalDate dateOf(Instant at) {
        var date = date(at.isAfter(now) ? now : at);
        return lastClosed == null || date.isAfter(lastClosed) ? date : lastClosed.plusDays(1);
    }

    private static LocalDate date(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        logs.forEach((worker, log) -> {
            for (int i = 0; i < log.size(); i++) {
                var line = log.get(i);
                lines.add("%s %d %s %s %d -> %d%s".formatted(worker, i + 1, line.kind(), line.date(), line.change(),
                        line.after(), line.madeOf()));
            }
        });
        return lines;
    }
}
