/** Corrections: the reversal of a fee or a reward. */
@NullMarked
package com.uberpopug.ates.accounting.correction;

import org.jspecify.annotations.NullMarked;
