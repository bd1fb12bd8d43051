/** A task from its creation to its completion, and its assignments. */
@NullMarked
package com.uberpopug.ates.tasks.task;

import org.jspecify.annotations.NullMarked;
