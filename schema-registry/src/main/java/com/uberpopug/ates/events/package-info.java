/**
 * Owns the contract between the services: topics, event types with their schemas, and the program that registers both.
 */
@NullMarked
package com.uberpopug.ates.events;

import org.jspecify.annotations.NullMarked;
