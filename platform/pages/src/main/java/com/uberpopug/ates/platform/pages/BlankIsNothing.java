package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.TypedText;
import java.beans.PropertyEditorSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.InitBinder;

/**
 * Binds texts of optional form fields: normalized as {@link TypedText}, without surrounding space, and null if blank. A
 * controller of pages implements it.
 */
public interface BlankIsNothing {

    /** @param binder binds one parameter, or one form, of one request */
    @InitBinder
    default void blankIsNothing(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, new PropertyEditorSupport() {

            @Override
            public void setAsText(@Nullable String typed) {
                setValue(typed == null || typed.isBlank() ? null : TypedText.normalized(typed).strip());
            }

            @Override
            public @Nullable String getAsText() {
                return getValue() == null ? "" : getValue().toString();
            }
        });
    }
}
