package com.uberpopug.ates.benchmarks;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Figures as a picture (SVG): a bar for each, above the bar of its ceiling. */
final class Plot {

    private static final int ROW = 52;
    private static final int NAMES = 250;
    private static final int BARS = 380;
    private static final int WIDTH = NAMES + BARS + 190;

    private Plot() {
    }

    static String of(String title, List<Figures.Figure> figures) {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
                font-family="sans-serif" font-size="13">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="12" y="26" font-size="16">%3$s</text>
                <text x="12" y="46" fill="#666">each figure, with its ceiling of the same run in grey</text>
                %4$s
                </svg>
                """
                .formatted(WIDTH, 64 + ROW * figures.size(), title, IntStream.range(0, figures.size())
                        .mapToObj(i -> row(figures.get(i), 64 + ROW * i)).collect(Collectors.joining("\n")));
    }

    private static String row(Figures.Figure figure, int top) {
        double scale = BARS / Math.max(figure.value(), figure.ceiling());
        return """
                <text x="12" y="%d">%s</text>
                %s
                %s""".formatted(top + 20, figure.name(), bar(figure.value(), figure.unit(), scale, top, "#2a6f97"),
                bar(figure.ceiling(), figure.unit(), scale, top + 20, "#bbb"));
    }

    private static String bar(double value, String unit, double scale, int top, String color) {
        long width = Math.max(1, Math.round(value * scale));
        return """
                <rect x="%d" y="%d" width="%d" height="18" fill="%s"/><text x="%d" y="%d">%s %s</text>""".formatted(
                NAMES, top, width, color, NAMES + width + 6, top + 14,
                (value < 1_000 ? "%,.2f" : "%,.0f").formatted(value), unit);
    }
}
