package com.uberpopug.ates.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The measurements of all rounds of one run; the medians count. */
final class Figures {

    private final Map<String, Rounds> rounds = new LinkedHashMap<>();

    private record Rounds(String unit, List<Double> values, List<Double> ceilings) {
    }

    /**
     * The median of a figure's rounds.
     *
     * @param ceiling the best possible value, in the same unit: for a time it is the minimum
     * @param ratio the value divided by the ceiling
     */
    record Figure(String name, double value, String unit, double ceiling, double ratio) {
    }

    /** Adds and prints one round's measurement and its ceiling. */
    void add(String name, String unit, double value, double ceiling) {
        var figure = rounds.computeIfAbsent(name, _ -> new Rounds(unit, new ArrayList<>(), new ArrayList<>()));
        figure.values.add(value);
        figure.ceilings.add(ceiling);
        System.out.printf("  round %d: %s %,.2f %s, ceiling %,.2f%n", figure.values.size(), name, value, unit, ceiling);
    }

    List<Figure> medians() {
        return rounds.entrySet().stream().map(entry -> {
            double value = median(entry.getValue().values);
            double ceiling = median(entry.getValue().ceilings);
            return new Figure(entry.getKey(), rounded(value), entry.getValue().unit, rounded(ceiling),
                    rounded(value / ceiling));
        }).toList();
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
