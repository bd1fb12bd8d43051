/** What Kafka carries beside the events themselves: the envelope. */
@NullMarked
package com.uberpopug.ates.platform.kafka;

import org.jspecify.annotations.NullMarked;
