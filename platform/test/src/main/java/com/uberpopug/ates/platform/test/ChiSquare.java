package com.uberpopug.ates.platform.test;

import java.util.Arrays;
import org.assertj.core.api.Assertions;

/** Pearson's chi-squared test of uniform draws, at a significance level of 0.001. */
public final class ChiSquare {

    /** The 0.999 quantile of the standard normal distribution. */
    private static final double QUANTILE = 3.0902;

    private ChiSquare() {
    }

    /**
     * Fails if counts as uneven come up in less than one of a thousand experiments.
     *
     * @param counts the number of draws of each value; at least 5 draws a value, or the test means nothing
     */
    public static void assertUniform(String what, long... counts) {
        double expected = (double) Arrays.stream(counts).sum() / counts.length;
        Assertions.assertThat(expected).as("draws a value").isGreaterThanOrEqualTo(5);
        double statistic = Arrays.stream(counts).mapToDouble(count -> Math.pow(count - expected, 2) / expected).sum();
        Assertions.assertThat(statistic).as("chi-square of %s, counted as %s", what, Arrays.toString(counts))
                .isLessThanOrEqualTo(critical(counts.length - 1));
    }

    /** The approximation of Wilson and Hilferty (1931), accurate to one percent from 3 degrees of freedom. */
    private static double critical(int degreesOfFreedom) {
        double share = 2.0 / (9 * degreesOfFreedom);
        return degreesOfFreedom * Math.pow(1 - share + QUANTILE * Math.sqrt(share), 3);
    }
}
