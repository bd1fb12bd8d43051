/** tasks-service: tasks from creation to completion. */
@NullMarked
package com.uberpopug.ates.tasks;

import org.jspecify.annotations.NullMarked;
