/** What every service needs and no service is about: one auto-configuration wires it, defaults come from it at lowest precedence. */
@NullMarked
package com.uberpopug.ates.platform;

import org.jspecify.annotations.NullMarked;
