package com.uberpopug.ates.accounting.price;

import static com.uberpopug.ates.platform.test.ChiSquare.assertUniform;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.accounting.price.PriceDraw.Price;
import com.uberpopug.ates.platform.events.Ids;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniformPricesTests {

    private static final int DRAWS = 20_000;
    private static final int FEES = 11;
    private static final int AMOUNTS = 21;

    @ParameterizedTest
    @ValueSource(strings = {"a secret of thirty-two characters", "another one, as long as it must be",
            "0123456789abcdef0123456789abcdef"})
    void fees_and_amounts_are_uniform_over_whole_dollars_and_independent_of_each_other(String secret) {
        var fees = new long[FEES];
        var amounts = new long[AMOUNTS];
        var both = new long[FEES * AMOUNTS];
        for (var price : prices(secret)) {
            assertThat(price.feeCents()).isBetween(1_000L, 2_000L).matches(cents -> cents % 100 == 0);
            assertThat(price.amountCents()).isBetween(2_000L, 4_000L).matches(cents -> cents % 100 == 0);
            int fee = (int) (price.feeCents() / 100 - 10);
            int amount = (int) (price.amountCents() / 100 - 20);
            fees[fee]++;
            amounts[amount]++;
            both[fee * AMOUNTS + amount]++;
        }
        assertUniform("fees", fees);
        assertUniform("amounts", amounts);
        assertUniform("fees with amounts", both);
    }

    @Test
    void price_depends_on_task_and_secret_only() {
        assertThat(prices("a secret")).isEqualTo(prices("a secret")).isNotEqualTo(prices("another"));
    }

    /** Consecutive ids, a millisecond apart, so that only the hash mixes them. */
    private static List<Price> prices(String secret) {
        var draw = new PriceDraw(secret);
        return IntStream.range(0, DRAWS).mapToObj(i -> draw.draw(
                Ids.derived(Instant.parse("2026-11-22T00:00:00Z").plusMillis(i), new UUID(0, i)))).toList();
    }
}
