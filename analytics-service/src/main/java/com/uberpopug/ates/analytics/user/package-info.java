/** Owns this service's copy of the users, for access decisions. */
@NullMarked
package com.uberpopug.ates.analytics.user;

import org.jspecify.annotations.NullMarked;
