/** The ledger: accounts, the transfers between them, and the events that move money. */
@NullMarked
package com.uberpopug.ates.accounting.ledger;

import org.jspecify.annotations.NullMarked;
