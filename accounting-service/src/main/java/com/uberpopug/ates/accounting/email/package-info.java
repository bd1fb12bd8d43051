/** Emails of payouts: recorded with the payout, sent over SMTP, retried. */
@NullMarked
package com.uberpopug.ates.accounting.email;

import org.jspecify.annotations.NullMarked;
