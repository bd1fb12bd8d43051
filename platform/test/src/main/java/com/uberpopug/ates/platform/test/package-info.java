/**
 * Owns the foundation of the tests: real PostgreSQL, Kafka and schema registry, events from and to other services,
 * tokens, and the house rules.
 */
@NullMarked
package com.uberpopug.ates.platform.test;

import org.jspecify.annotations.NullMarked;
