package com.uberpopug.ates.platform.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that the form of a handler changes nothing: it is handled each time it is sent, outside of a transaction, even
 * if it has a field {@value IdempotencyKeys#FIELD}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface RepeatsFreely {
}
