/** The proof: everything that the ledger says, recomputed from the transfers alone. */
@NullMarked
package com.uberpopug.ates.accounting.check;

import org.jspecify.annotations.NullMarked;
