package com.uberpopug.ates.platform.web;

import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.servlet.support.ExtendedServletRequestDataBinder;

/** Forms are bound from parameters only: Spring takes a header, such as {@code limit: 3} or {@code limit.x: 3}, for one. */
@ControllerAdvice
final class NothingFromHeaders {

    @InitBinder
    void ignoreHeaders(WebDataBinder binder) {
        if (binder instanceof ExtendedServletRequestDataBinder form) {
            form.setHeaderPredicate(_ -> false);
        }
    }
}
