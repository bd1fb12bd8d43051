package com.uberpopug.ates.platform.web;

import java.io.Serializable;
import java.util.List;

/**
 * A short message that a page shows and takes away again. It may be a flash attribute named {@code toast}.
 *
 * @param key       of the message
 * @param arguments what the message takes, formatted already
 */
public record Toast(String key, List<String> arguments) implements Serializable {

    /** The name under which the layout looks for one. */
    public static final String ATTRIBUTE = "toast";

    public static Toast of(String key, String... arguments) {
        return new Toast(key, List.of(arguments));
    }
}
