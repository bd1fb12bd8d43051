/** Business dates: which are closed, and which one is today. */
@NullMarked
package com.uberpopug.ates.analytics.day;

import org.jspecify.annotations.NullMarked;
