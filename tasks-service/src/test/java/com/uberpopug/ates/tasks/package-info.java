/** Shared parts of this service's tests. */
@NullMarked
package com.uberpopug.ates.tasks;

import org.jspecify.annotations.NullMarked;
