package com.uberpopug.ates.platform.web;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;

/** Reads every text in JSON in the form of {@link TypedText}. */
final class NormalizedStrings extends StringDeserializer {

    @Override
    public String deserialize(JsonParser json, DeserializationContext context) {
        return TypedText.normalized(super.deserialize(json, context));
    }
}
