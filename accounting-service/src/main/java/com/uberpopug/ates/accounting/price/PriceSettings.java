package com.uberpopug.ates.accounting.price;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the price draw.
 *
 * @param priceSecret the key of the hash, at least 32 characters; a new key changes later prices and keeps earlier ones
 */
@Validated
@ConfigurationProperties("ates")
record PriceSettings(@NotNull @Size(min = 32, message = "must have at least 32 characters") String priceSecret) {
}
