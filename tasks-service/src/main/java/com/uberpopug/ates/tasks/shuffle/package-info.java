/** Shuffles: each assigns every open task to a random worker, in the background. */
@NullMarked
package com.uberpopug.ates.tasks.shuffle;

import org.jspecify.annotations.NullMarked;
