/** Events on their way out: stored in the business transaction, sent in order by a relay. */
@NullMarked
package com.uberpopug.ates.platform.events.outbox;

import org.jspecify.annotations.NullMarked;
