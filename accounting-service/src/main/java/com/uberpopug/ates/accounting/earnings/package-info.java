/** What the company earns, for those who look at it. */
@NullMarked
package com.uberpopug.ates.accounting.earnings;

import org.jspecify.annotations.NullMarked;
