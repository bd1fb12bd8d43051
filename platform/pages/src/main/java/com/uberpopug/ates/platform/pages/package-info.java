/** What every page stands in: sign-in, the layout with its menu, language and theme, live updates, errors. */
@NullMarked
package com.uberpopug.ates.platform.pages;

import org.jspecify.annotations.NullMarked;
