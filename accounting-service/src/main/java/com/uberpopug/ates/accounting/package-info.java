/** accounting-service: prices, the ledger, business days, payouts and their emails. */
@NullMarked
package com.uberpopug.ates.accounting;

import org.jspecify.annotations.NullMarked;
