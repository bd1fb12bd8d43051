/** The REST conventions: RFC 9457 problems, keyset pages, bounds on what comes in. */
@NullMarked
package com.uberpopug.ates.platform.web;

import org.jspecify.annotations.NullMarked;
