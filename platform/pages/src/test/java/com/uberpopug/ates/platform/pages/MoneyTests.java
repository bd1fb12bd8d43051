package com.uberpopug.ates.platform.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0           | $0.00          | $0.00
            5           | $0.05          | +$0.05
            -5          | −$0.05         | −$0.05
            1200        | $12.00         | +$12.00
            -1250       | −$12.50        | −$12.50
            123456789   | $1,234,567.89  | +$1,234,567.89
            """)
    void money_is_read_as_dollars(long cents, String dollars, String change) {
        assertThat(Money.dollars(cents)).isEqualTo(dollars);
        assertThat(Money.change(cents)).isEqualTo(change);
    }
}
