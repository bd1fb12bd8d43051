/** Owns the workers' balances and the counts of workers below zero. */
@NullMarked
package com.uberpopug.ates.analytics.balance;

import org.jspecify.annotations.NullMarked;
