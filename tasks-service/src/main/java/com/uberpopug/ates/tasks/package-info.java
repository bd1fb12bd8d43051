/** tasks-service: tasks from their creation to their completion. */
@NullMarked
package com.uberpopug.ates.tasks;

import org.jspecify.annotations.NullMarked;
