/** Events on their way in: each fact applied once, in one transaction per batch. */
@NullMarked
package com.uberpopug.ates.platform.events.inbox;

import org.jspecify.annotations.NullMarked;
