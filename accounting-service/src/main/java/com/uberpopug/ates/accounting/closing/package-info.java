/** The end of a business day: it is closed, everybody is paid, and it is finished. */
@NullMarked
package com.uberpopug.ates.accounting.closing;

import org.jspecify.annotations.NullMarked;
