package com.uberpopug.ates.platform.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Runs calls at the same moment. */
public final class AtOnce {

    /** The number of rounds of a race test; {@code -Dates.long=true} runs a thousand. */
    public static final int ROUNDS = Boolean.getBoolean("ates.long") ? 1_000 : 20;

    private static final int PATIENCE_SECONDS = 60;

    private AtOnce() {
    }

    /** Runs all calls at once, each in a thread of its own, and returns their results in order. */
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

    /** Runs the same call a number of times at once; each call receives its index, from 0. */
    public static <T> List<T> run(int times, Numbered<T> call) {
        return run(IntStream.range(0, times).mapToObj(number -> (Callable<T>) () -> call.call(number)).toList());
    }

    /** A call with its index. */
    @FunctionalInterface
    public interface Numbered<T> {

        T call(int number) throws Exception;
    }
}
