/** Owns the managers' earnings of each business date. */
@NullMarked
package com.uberpopug.ates.analytics.earnings;

import org.jspecify.annotations.NullMarked;
