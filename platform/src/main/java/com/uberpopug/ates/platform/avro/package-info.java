/** Avro in Confluent's wire format, with schemas from a registry that speaks Confluent's REST API. */
@NullMarked
package com.uberpopug.ates.platform.avro;

import org.jspecify.annotations.NullMarked;
