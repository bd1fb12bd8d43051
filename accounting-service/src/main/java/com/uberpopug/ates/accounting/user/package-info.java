/** The service's own copy of the users: who may see what, and whom to write to. */
@NullMarked
package com.uberpopug.ates.accounting.user;

import org.jspecify.annotations.NullMarked;
