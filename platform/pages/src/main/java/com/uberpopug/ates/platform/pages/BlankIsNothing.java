package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.TypedText;
import java.beans.PropertyEditorSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.InitBinder;

/**
 * For a controller of pages whose fields may be left empty: texts come in the form of {@link TypedText}, without the space
 * around them, and as null where nothing else is in them.
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
