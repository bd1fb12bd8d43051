/** The security log's way in: entries of this service, announced on the topic that auth-service keeps. */
@NullMarked
package com.uberpopug.ates.platform.events.security;

import org.jspecify.annotations.NullMarked;
