/** What a task costs: drawn once, when it appears. */
@NullMarked
package com.uberpopug.ates.accounting.price;

import org.jspecify.annotations.NullMarked;
