/** A task: created, priced, assigned, completed. */
@NullMarked
package com.uberpopug.ates.tasks.task;

import org.jspecify.annotations.NullMarked;
