/** The description of the REST API at {@code /v3/api-docs}: what all of its records and operations have in common. */
@NullMarked
package com.uberpopug.ates.platform.web.openapi;

import org.jspecify.annotations.NullMarked;
