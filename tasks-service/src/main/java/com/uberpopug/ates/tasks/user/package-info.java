/** The service's own copy of the users: who may do what, and who can be given tasks. */
@NullMarked
package com.uberpopug.ates.tasks.user;

import org.jspecify.annotations.NullMarked;
