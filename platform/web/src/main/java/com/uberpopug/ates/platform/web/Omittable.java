package com.uberpopug.ates.platform.web;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.exc.InvalidNullException;

/**
 * A field of a change that may be left out, which then is null and changes nothing, but must not be given as null: that
 * would ask for its value to be removed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7396">RFC 7396, JSON Merge Patch</a>
 */
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@JacksonAnnotationsInside
@JsonDeserialize(using = Omittable.Reader.class)
public @interface Omittable {

    /** Reads the declared type, and tells a null from an absent field. */
    final class Reader extends ValueDeserializer<Object> {

        private final @Nullable BeanProperty property;
        private final @Nullable ValueDeserializer<Object> declared;

        /** For Jackson, which then asks for one that knows the field. */
        public Reader() {
            this(null, null);
        }

        private Reader(@Nullable BeanProperty property, @Nullable ValueDeserializer<Object> declared) {
            this.property = property;
            this.declared = declared;
        }

        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext context, BeanProperty field) {
            return new Reader(field, context.findContextualValueDeserializer(field.getType(), field));
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) {
            return Objects.requireNonNull(declared).deserialize(json, context);
        }

        @Override
        public Object getNullValue(DeserializationContext context) {
            throw InvalidNullException.from(context,
                    property == null ? PropertyName.NO_NAME : property.getFullName(),
                    property == null ? null : property.getType());
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return null;
        }
    }
}
