/** Avro in Confluent's wire format, with schemas from a registry that speaks Confluent's REST API. */
@NullMarked
package com.uberpopug.ates.events.serde;

import org.jspecify.annotations.NullMarked;
