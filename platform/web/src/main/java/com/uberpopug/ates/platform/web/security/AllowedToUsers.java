package com.uberpopug.ates.platform.web.security;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Declares that every active user may call a handler, in any role. */
@Allowed({Role.POPUG, Role.MANAGER, Role.ACCOUNTANT, Role.ADMIN})
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface AllowedToUsers {
}
