package com.uberpopug.ates.platform.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What happens at the same moment. */
public final class AtOnce {

    /** How many rounds a race is run for: {@code -Dates.long=true} has a thousand. */
    public static final int ROUNDS = Boolean.getBoolean("ates.long") ? 1_000 : 20;

    private static final int PATIENCE_SECONDS = 60;

    private AtOnce() {
    }

    /** Runs all of them at once, each in a thread of its own, and returns what came of each. */
    public static <T> List<T> run(List<? extends Callable<T>> calls) {
        var start = new CyclicBarrier(calls.size());
        try (var threads = Executors.newFixedThreadPool(calls.size())) {
            var running = calls.stream().map(call -> threads.submit(() -> {
                start.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                return call.call();
            })).toList();
            var results = new ArrayList<T>();
            for (var each : running) {
                results.add(each.get());
            }
            return results;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same call so many times, each with its number. */
    public static <T> List<T> run(int times, Numbered<T> call) {
        return run(IntStream.range(0, times).mapToObj(number -> (Callable<T>) () -> call.call(number)).toList());
    }

    /** A call that knows which it is. */
    @FunctionalInterface
    public interface Numbered<T> {

        T call(int number) throws Exception;
    }
}
