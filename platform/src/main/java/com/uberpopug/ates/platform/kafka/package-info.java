/** What Kafka carries beside the events themselves, the envelope, and how far consumers are in it. */
@NullMarked
package com.uberpopug.ates.platform.kafka;

import org.jspecify.annotations.NullMarked;
