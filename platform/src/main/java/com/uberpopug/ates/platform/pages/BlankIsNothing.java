package com.uberpopug.ates.platform.pages;

import org.springframework.beans.propertyeditors.StringTrimmerEditor;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.InitBinder;

/**
 * For a controller of pages whose fields may be left empty: texts come without the space around them, and as null where
 * nothing else is in them. Not for passwords.
 */
public interface BlankIsNothing {

    /** @param binder binds one parameter, or one form, of one request */
    @InitBinder
    default void blankIsNothing(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, new StringTrimmerEditor(true));
    }
}
