/** Closing a business day: nothing more is dated it, every worker is paid, the day is finished. */
@NullMarked
package com.uberpopug.ates.accounting.closing;

import org.jspecify.annotations.NullMarked;
