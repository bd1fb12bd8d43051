/** Owns signing in and out: the access rules of the pages, the check of passwords, and the limit of attempts. */
@NullMarked
package com.uberpopug.ates.auth.signin;

import org.jspecify.annotations.NullMarked;
