package com.uberpopug.ates.accounting.price;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How prices are drawn.
 *
 * @param priceSecret the key of the hash, at least 32 characters; with another one, tasks that are drawn from then on
 *                    cost something else, and those that were drawn keep their prices
 */
@Validated
@ConfigurationProperties("ates")
record PriceSettings(@NotNull @Size(min = 32, message = "must have at least 32 characters") String priceSecret) {
}
