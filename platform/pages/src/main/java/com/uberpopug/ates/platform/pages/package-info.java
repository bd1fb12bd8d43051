/** The frame of all pages: sign-in, the layout with its menu, language and theme, live updates, error pages. */
@NullMarked
package com.uberpopug.ates.platform.pages;

import org.jspecify.annotations.NullMarked;
