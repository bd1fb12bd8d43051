/** An email per payout. */
@NullMarked
package com.uberpopug.ates.accounting.email;

import org.jspecify.annotations.NullMarked;
