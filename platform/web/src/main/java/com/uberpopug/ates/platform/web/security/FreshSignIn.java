package com.uberpopug.ates.platform.web.security;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares beside {@link Allowed} that a handler moves money, changes rights or loses data, and so takes a sign-in of at
 * most {@link SignInLimit#limit} ago. A page with the confirmation or the form declares it too, so that nobody fills in
 * a form that is refused.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface FreshSignIn {
}
