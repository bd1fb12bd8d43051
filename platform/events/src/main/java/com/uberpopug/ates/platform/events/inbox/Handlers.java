package com.uberpopug.ates.platform.events.inbox;

import com.uberpopug.ates.platform.events.inbox.Received.Erased;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/**
 * The event versions that a consumer handles. Each handler adds its event to a batch; the batch is applied as a whole,
 * in one transaction.
 *
 * <pre>{@code
 * Handlers.into(ArrayList<Price>::new)
 *         .on(TaskAmountsCalculated.class, (prices, fact, event) -> prices.add(Price.of(event)))
 *         .applying(priceTasks::price)
 * }</pre>
 *
 * @param <B> collects the contents of a batch's events
 */
public final class Handlers<B> {

    private final Supplier<B> empty;
    private final Map<Class<? extends SpecificRecord>, Handler<B, SpecificRecord>> handlers = new LinkedHashMap<>();
    private Handler<? super B, ? super Erased> erased = (_, fact, _) -> {
        throw new IllegalArgumentException("This consumer does not handle the erasure of " + fact.key());
    };
    private Consumer<B> apply = _ -> {
    };

    private Handlers(Supplier<B> empty) {
        this.empty = empty;
    }

    /** Adds one event to a batch. */
    @FunctionalInterface
    public interface Handler<B, E> {

        /** @throws RuntimeException where the event's content is wrong; it becomes a dead letter */
        void add(B batch, Received fact, E event);
    }

    /** @param empty makes an empty batch */
    public static <B> Handlers<B> into(Supplier<B> empty) {
        return new Handlers<>(empty);
    }

    /**
     * Handles an event version. Others are skipped and counted.
     *
     * @throws IllegalStateException where the version has a handler already
     */
    public <E extends SpecificRecord> Handlers<B> on(Class<E> version, Handler<? super B, ? super E> handler) {
        Handler<B, SpecificRecord> any = (batch, fact, event) -> handler.add(batch, fact, version.cast(event));
        if (handlers.putIfAbsent(version, any) != null) {
            throw new IllegalStateException(version.getName() + " has two handlers");
        }
        return this;
    }

    /**
     * Handles a record without a value: the aggregate of its key was erased. Without a handler it becomes a dead
     * letter.
     */
    public Handlers<B> onErased(Handler<? super B, ? super Erased> handler) {
        erased = handler;
        return this;
    }

    /** @param batch applies a batch, in the transaction that remembers its facts */
    public Handlers<B> applying(Consumer<? super B> batch) {
        apply = batch::accept;
        return this;
    }

    List<Class<? extends SpecificRecord>> versions() {
        return List.copyOf(handlers.keySet());
    }

    void apply(List<Received> facts) {
        var batch = empty.get();
        for (var fact : facts) {
            switch (fact.event()) {
                case Erased erasure -> erased.add(batch, fact, erasure);
                case SpecificRecord event -> handler(event).add(batch, fact, event);
                default -> throw new IllegalArgumentException(fact.event().getClass() + " is no event");
            }
        }
        apply.accept(batch);
    }

    private Handler<B, SpecificRecord> handler(SpecificRecord event) {
        var handler = handlers.get(event.getClass());
        if (handler == null) {
            throw new IllegalArgumentException(event.getClass().getName() + " has no handler");
        }
        return handler;
    }
}
