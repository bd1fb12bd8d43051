/** Who is calling: bearer tokens, and the role that the service's own copy of the users says. */
@NullMarked
package com.uberpopug.ates.platform.web.security;

import org.jspecify.annotations.NullMarked;
