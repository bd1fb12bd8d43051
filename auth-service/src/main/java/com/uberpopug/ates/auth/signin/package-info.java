/** Owns signing in and out: who may reach which page, whether the shape of the beak is right, and how often one may guess. */
@NullMarked
package com.uberpopug.ates.auth.signin;

import org.jspecify.annotations.NullMarked;
