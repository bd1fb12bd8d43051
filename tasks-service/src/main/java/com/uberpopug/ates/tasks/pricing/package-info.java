/** Pricing: each task's first price, as accounting drew it, makes the task ready to be assigned. */
@NullMarked
package com.uberpopug.ates.tasks.pricing;

import org.jspecify.annotations.NullMarked;
