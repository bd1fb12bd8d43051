/** Business days: the date that money counts for, and the state of each day. */
@NullMarked
package com.uberpopug.ates.accounting.day;

import org.jspecify.annotations.NullMarked;
