/** The prices of tasks: drawn once, at their creation. */
@NullMarked
package com.uberpopug.ates.accounting.price;

import org.jspecify.annotations.NullMarked;
