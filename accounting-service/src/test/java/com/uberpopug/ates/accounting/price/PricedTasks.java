package com.uberpopug.ates.accounting.price;

import com.uberpopug.ates.platform.events.Ids;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Ids of tasks with wanted prices, which tests find among those that the draw gives. */
public final class PricedTasks {

    /** The value of {@code ates.price-secret} in tests. */
    private static final PriceDraw DRAW = new PriceDraw("a secret of the tests, long enough");

    private PricedTasks() {
    }

    /** A new task with this price, in whole dollars: a fee of 10 to 20, a reward of 20 to 40. */
    public static UUID of(long feeCents, long amountCents) {
        return any(price -> price.feeCents() == feeCents && price.amountCents() == amountCents);
    }

    /** A new task with this fee, and any reward. */
    public static UUID ofFee(long feeCents) {
        return any(price -> price.feeCents() == feeCents);
    }

    /** A new task with this reward, and any fee. */
    public static UUID ofReward(long amountCents) {
        return any(price -> price.amountCents() == amountCents);
    }

    private static UUID any(Predicate<PriceDraw.Price> wanted) {
        return Stream.generate(Ids::next).limit(10_000).map(DRAW::draw).filter(wanted).findFirst().orElseThrow()
                .taskId();
    }
}
