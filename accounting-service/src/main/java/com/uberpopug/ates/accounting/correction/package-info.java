/** Fees and rewards that are taken back. */
@NullMarked
package com.uberpopug.ates.accounting.correction;

import org.jspecify.annotations.NullMarked;
