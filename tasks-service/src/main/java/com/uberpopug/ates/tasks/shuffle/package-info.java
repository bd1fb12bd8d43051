/** Assign tasks: every open task dealt to a random worker, in the background. */
@NullMarked
package com.uberpopug.ates.tasks.shuffle;

import org.jspecify.annotations.NullMarked;
