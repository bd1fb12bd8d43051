/** Trace context carried through outbox, Kafka and inbox. */
@NullMarked
package com.uberpopug.ates.platform.trace;

import org.jspecify.annotations.NullMarked;
