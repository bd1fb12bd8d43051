/** What tests stand on: real PostgreSQL, Kafka and schema registry, events from and to other services, tokens, and the rules of the house. */
@NullMarked
package com.uberpopug.ates.platform.test;

import org.jspecify.annotations.NullMarked;
