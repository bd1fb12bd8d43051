/** How this system uses Kafka: the envelope, the listener containers, dead letters, the health of the pipeline. */
@NullMarked
package com.uberpopug.ates.platform.kafka;

import org.jspecify.annotations.NullMarked;
