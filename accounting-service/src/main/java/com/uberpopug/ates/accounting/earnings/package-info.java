/** Managers' earnings, for pages and REST. */
@NullMarked
package com.uberpopug.ates.accounting.earnings;

import org.jspecify.annotations.NullMarked;
