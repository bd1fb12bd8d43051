/** This service's own copy of who may look. */
@NullMarked
package com.uberpopug.ates.analytics.user;

import org.jspecify.annotations.NullMarked;
