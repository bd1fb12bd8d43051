package com.uberpopug.ates.platform.web.security;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares which roles may call a handler. The caller's role of today is checked before the request's body, parameters
 * and {@code Idempotency-Key} are read; any other caller is answered 403. A handler without a declaration is closed to
 * everyone, and fails the build.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Allowed {

    Role[] value();
}
