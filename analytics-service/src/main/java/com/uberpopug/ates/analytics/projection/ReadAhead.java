package com.uberpopug.ates.analytics.projection;

import com.uberpopug.ates.platform.events.inbox.History;
import com.uberpopug.ates.platform.events.inbox.History.Chunk;
import com.uberpopug.ates.platform.events.inbox.History.Positions;
import com.uberpopug.ates.platform.events.inbox.History.Source;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Re-reads topics on a thread of its own, so that a chunk is decoded while the one before is applied. */
final class ReadAhead {

    private ReadAhead() {
    }

    /**
     * The same as {@link History#read(java.util.Collection, Positions, Consumer)}, two chunks ahead.
     *
     * @param chunk is called by the caller's thread
     */
    static Positions read(History history, List<Source> sources, Positions from, Consumer<Chunk> chunk) {
        var chunks = new ArrayBlockingQueue<Optional<Chunk>>(1);
        try (var reader = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("rebuild-reader").factory())) {
            var reading = CompletableFuture.supplyAsync(() -> {
                try {
                    return history.read(sources, from, next -> put(chunks, Optional.of(next)));
                } finally {
                    put(chunks, Optional.empty());
                }
            }, reader);
            try {
                for (var next = chunks.take(); next.isPresent(); next = chunks.take()) {
                    chunk.accept(next.get());
                }
                return reading.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            } catch (InterruptedException e) {
                throw interrupted(e);
            } finally {
                // Ends a reader whose chunks are no longer taken.
                reader.shutdownNow();
            }
        }
    }

    private static void put(BlockingQueue<Optional<Chunk>> chunks, Optional<Chunk> chunk) {
        try {
            chunks.put(chunk);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("The rebuild was interrupted", e);
    }
}
