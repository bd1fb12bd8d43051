/** Owns business dates: the closed ones and the current one. */
@NullMarked
package com.uberpopug.ates.analytics.day;

import org.jspecify.annotations.NullMarked;
