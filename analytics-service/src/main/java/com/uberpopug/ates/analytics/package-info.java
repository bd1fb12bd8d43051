/** Starts the service, which projects the management's figures from the other services' events. */
@NullMarked
package com.uberpopug.ates.analytics;

import org.jspecify.annotations.NullMarked;
