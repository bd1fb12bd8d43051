/** accounting-service: what tasks cost, and every cent that moves for them. */
@NullMarked
package com.uberpopug.ates.accounting;

import org.jspecify.annotations.NullMarked;
