/** Owns how log lines look: one line for each message, whatever strangers have sent. */
@NullMarked
package com.uberpopug.ates.platform.events.logging;

import org.jspecify.annotations.NullMarked;
