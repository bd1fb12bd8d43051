/** The ledger check: recomputes accounts, logs, earnings and days from the transfers alone. */
@NullMarked
package com.uberpopug.ates.accounting.check;

import org.jspecify.annotations.NullMarked;
