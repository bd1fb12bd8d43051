/** What happens to tasks, as far as money follows from it. */
@NullMarked
package com.uberpopug.ates.accounting.task;

import org.jspecify.annotations.NullMarked;
