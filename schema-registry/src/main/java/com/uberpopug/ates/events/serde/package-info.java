/** The Avro serde: Confluent's wire format, with schemas from a registry with Confluent's REST API. */
@NullMarked
package com.uberpopug.ates.events.serde;

import org.jspecify.annotations.NullMarked;
