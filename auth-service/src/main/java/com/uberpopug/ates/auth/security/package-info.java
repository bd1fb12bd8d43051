/** Owns the security log of all services: who did what to whom, from where, and alarms on bursts of failures. */
@NullMarked
package com.uberpopug.ates.auth.security;

import org.jspecify.annotations.NullMarked;
