/** Callers: bearer tokens, and the role from the service's own copy of the users. */
@NullMarked
package com.uberpopug.ates.platform.web.security;

import org.jspecify.annotations.NullMarked;
