/** The ledger: accounts, the transfers between them, and the business days they are dated. */
@NullMarked
package com.uberpopug.ates.accounting.ledger;

import org.jspecify.annotations.NullMarked;
