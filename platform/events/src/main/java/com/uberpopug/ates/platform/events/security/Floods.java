package com.uberpopug.ates.platform.events.security;

import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.Ids;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the entries that callers can cause by failing: of each kind and caller, the first {@value #ALONE} in ten
 * minutes are entries of their own, and the rest are counted together, in an entry each time their number has grown
 * fourfold and one at the end. So n failures of one caller are at most 6 + log4(n) entries.
 *
 * <p>Callers are counted one by one up to {@value #USERS} signed-in users, {@value #TARGETS} users whose login others fail
 * with, and {@value #STRANGERS} addresses a kind; further ones are counted together, without their names.
 */
final class Floods {

    static final int ALONE = 5;
    static final int USERS = 1_000;
    static final int TARGETS = 100;
    static final int STRANGERS = 20;
    static final Duration WINDOW = Duration.ofMinutes(10);
    private static final int GROWTH = 4;

    private final Clock clock;
    private final Consumer<SecurityRecorded> written;
    private final Map<Caller, Flood> floods = new LinkedHashMap<>();

    /** @param written takes what is to be written, in order */
    Floods(Clock clock, Consumer<SecurityRecorded> written) {
        this.clock = clock;
        this.written = written;
    }

    private enum Scope {
        USER(USERS), TARGET(TARGETS), STRANGER(STRANGERS), OTHERS(Integer.MAX_VALUE);

        private final int most;

        Scope(int most) {
            this.most = most;
        }
    }

    private record Caller(String kind, String outcome, Scope scope, String name) {
    }

    private static final class Flood {

        private final Instant since;
        private int count;
        private int counted;
        private int next = ALONE * GROWTH;
        private SecurityRecorded last;

        private Flood(Instant since, SecurityRecorded first) {
            this.since = since;
            this.last = first;
        }
    }

    synchronized void add(SecurityRecorded entry) {
        var now = clock.instant();
        end(now);
        var caller = caller(entry);
        if (!floods.containsKey(caller) && floods.keySet().stream().filter(other -> other.kind().equals(caller.kind())
                && other.scope() == caller.scope()).count() >= caller.scope().most) {
            count(new Caller(caller.kind(), caller.outcome(), Scope.OTHERS, ""), anonymous(entry), now);
        } else {
            count(caller, entry, now);
        }
    }

    private void count(Caller caller, SecurityRecorded entry, Instant now) {
        var flood = floods.computeIfAbsent(caller, _ -> new Flood(now, entry));
        flood.last = entry;
        flood.count++;
        if (flood.count <= ALONE || flood.count >= flood.next) {
            write(flood);
        }
    }

    /** Writes what was only counted in windows that have ended. */
    synchronized void end() {
        end(clock.instant());
    }

    /** Writes what was only counted, before the process ends. */
    synchronized void endAll() {
        floods.values().forEach(this::writeRest);
        floods.clear();
    }

    private void end(Instant now) {
        // In the order of their beginnings.
        var each = floods.values().iterator();
        while (each.hasNext()) {
            var flood = each.next();
            if (flood.since.plus(WINDOW).isAfter(now)) {
                return;
            }
            writeRest(flood);
            each.remove();
        }
    }

    private void writeRest(Flood flood) {
        if (flood.count > flood.counted) {
            write(flood);
        }
    }

    private void write(Flood flood) {
        written.accept(times(flood.last, flood.count - flood.counted));
        flood.counted = flood.count;
        while (flood.next <= flood.count) {
            flood.next *= GROWTH;
        }
    }

    private static Caller caller(SecurityRecorded entry) {
        if (entry.getActorId() instanceof UUID user) {
            return new Caller(entry.getKind(), entry.getOutcome(), Scope.USER, user.toString());
        }
        if (entry.getUserId() instanceof UUID user) {
            return new Caller(entry.getKind(), entry.getOutcome(), Scope.TARGET, user.toString());
        }
        return new Caller(entry.getKind(), entry.getOutcome(), Scope.STRANGER, source(entry.getAddress()));
    }

    /** An address; of IPv6, the network, because a host may take any address of it. */
    private static String source(@Nullable String address) {
        if (address == null || address.indexOf(':') < 0) {
            return String.valueOf(address);
        }
        try {
            return HexFormat.of().formatHex(Arrays.copyOf(InetAddress.ofLiteral(address).getAddress(), 8));
        } catch (IllegalArgumentException _) {
            return address;
        }
    }

    private static SecurityRecorded times(SecurityRecorded last, int times) {
        return new SecurityRecorded(last.getEntryId(), last.getService(), last.getKind(), last.getOutcome(),
                last.getActorId(), last.getClient(), last.getUserId(), last.getSubject(), last.getLoginHash(),
                last.getAddress(), last.getUserAgent(), last.getTrace(), times, last.getOccurredAt());
    }

    private static SecurityRecorded anonymous(SecurityRecorded entry) {
        return new SecurityRecorded(Ids.next(), entry.getService(), entry.getKind(), entry.getOutcome(), null, null,
                null, null, null, null, null, null, 1, entry.getOccurredAt());
    }
}
