package com.uberpopug.ates.platform.events.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.Ids;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloodsTests {

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final List<SecurityRecorded> written = new ArrayList<>();
    private final Floods floods = new Floods(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }, written::add);

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 19, 20, 21, 10_000})
    void failures_of_one_caller_are_few_entries_that_count_them_all(int failures) {
        for (int i = 0; i < failures; i++) {
            floods.add(entry(null, "192.0.2.1"));
        }
        assertThat(written).as("before the window ends").hasSizeBetween(Math.min(failures, 5), 11);
        now = now.plus(Floods.WINDOW);
        floods.end();
        assertThat(written).hasSizeLessThanOrEqualTo(12);
        assertThat(counted()).isEqualTo(failures);
    }

    @Test
    void first_failures_are_entries_of_their_own_in_each_window() {
        for (int window = 0; window < 3; window++) {
            for (int i = 0; i < 3; i++) {
                floods.add(entry(null, "192.0.2.1"));
            }
            now = now.plus(Floods.WINDOW);
        }
        assertThat(written).hasSize(9).allSatisfy(entry -> assertThat(entry.getTimes()).isOne());
    }

    @Test
    void strangers_with_many_addresses_are_counted_together_without_names() {
        for (int i = 0; i < 10_000; i++) {
            floods.add(entry(null, "192.0.%d.%d".formatted(i / 250, i % 250)));
        }
        now = now.plus(Floods.WINDOW);
        floods.end();
        assertThat(written).hasSizeLessThanOrEqualTo(Floods.STRANGERS + 12);
        assertThat(counted()).isEqualTo(10_000);
        assertThat(written.subList(Floods.STRANGERS, written.size()))
                .allSatisfy(entry -> assertThat(entry.getAddress()).isNull());
    }

    @Test
    void addresses_of_one_ipv6_network_are_one_stranger() {
        for (int i = 0; i < 1_000; i++) {
            floods.add(entry(null, "2001:db8::" + Integer.toHexString(i)));
        }
        assertThat(written).hasSizeLessThanOrEqualTo(9)
                .allSatisfy(entry -> assertThat(entry.getAddress()).startsWith("2001:db8::"));
    }

    @Test
    void strangers_do_not_crowd_out_signed_in_users() {
        for (int i = 0; i < 100; i++) {
            floods.add(entry(null, "192.0.2." + i));
        }
        written.clear();
        var anna = Ids.next();
        floods.add(entry(anna, "192.0.2.1"));
        assertThat(written).singleElement().satisfies(entry -> assertThat(entry.getActorId()).isEqualTo(anna));
    }

    @Test
    void end_of_the_process_writes_what_was_only_counted() {
        for (int i = 0; i < 7; i++) {
            floods.add(entry(null, "192.0.2.1"));
        }
        floods.endAll();
        assertThat(counted()).isEqualTo(7);
    }

    @Test
    void texts_of_strangers_are_one_bounded_line() {
        assertThat(SecurityLog.plain("curl\r\nWARN forged \u202e\u2028\ud800", SecurityLog.MAX_LENGTH))
                .isEqualTo("curl\ufffd\ufffdWARN forged \ufffd\ufffd\ufffd");
        assertThat(SecurityLog.plain("x".repeat(100_000), SecurityLog.MAX_LENGTH)).hasSize(SecurityLog.MAX_LENGTH);
        assertThat(SecurityLog.plain(" ", SecurityLog.MAX_LENGTH)).isNull();
    }

    private int counted() {
        return written.stream().mapToInt(SecurityRecorded::getTimes).sum();
    }

    private SecurityRecorded entry(@Nullable UUID user, String address) {
        return new SecurityRecorded(Ids.next(), "tests", "CALL_REFUSED", "REFUSED", user, null, null, "GET /", null,
                address, null, null, 1, now.minus(Duration.ofSeconds(1)));
    }
}
