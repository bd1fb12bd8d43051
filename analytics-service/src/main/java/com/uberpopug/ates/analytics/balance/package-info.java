/** The workers' balances, and how many of them are below zero. */
@NullMarked
package com.uberpopug.ates.analytics.balance;

import org.jspecify.annotations.NullMarked;
