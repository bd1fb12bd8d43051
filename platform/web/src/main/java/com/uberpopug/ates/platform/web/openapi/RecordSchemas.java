package com.uberpopug.ates.platform.web.openapi;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.github.therapi.runtimejavadoc.Comment;
import com.github.therapi.runtimejavadoc.CommentFormatter;
import com.github.therapi.runtimejavadoc.ParamJavadoc;
import com.github.therapi.runtimejavadoc.RuntimeJavadoc;
import com.uberpopug.ates.platform.web.EmailAddress;
import com.uberpopug.ates.platform.web.Omittable;
import com.uberpopug.ates.platform.web.PlainText;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import org.springframework.web.util.HtmlUtils;

/**
 * Describes records by their Javadoc, which the compiler has put beside the classes, and marks nullable fields.
 *
 * <p>springdoc looks at records with a mapper of its own, which does not know the names that ours gives their fields.
 * It reads their Javadoc as well, but finds a component only by a property of the same name, and those in snake case
 * have another.
 */
final class RecordSchemas extends ModelResolver {

    private static final SnakeCaseStrategy NAMES = new SnakeCaseStrategy();
    private static final CommentFormatter COMMENTS = new CommentFormatter();
    private static final String REFERENCE = "#/components/schemas/";

    RecordSchemas() {
        super(Json31.mapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
        openapi31(true);
    }

    @Override
    public @Nullable Schema<?> resolve(AnnotatedType annotated, ModelConverterContext context,
            Iterator<ModelConverter> next) {
        Schema<?> schema = super.resolve(annotated, context, next);
        var type = _mapper.constructType(annotated.getType()).getRawClass();
        if (schema != null && type.isRecord()) {
            var model = schema.get$ref() == null
                    ? schema
                    : context.getDefinedModels().get(schema.get$ref().substring(REFERENCE.length()));
            if (model != null && model.getProperties() != null) {
                describe(model, type);
            }
        }
        return schema;
    }

    private static void describe(Schema<?> model, Class<?> type) {
        var javadoc = RuntimeJavadoc.getJavadoc(type);
        if (model.getDescription() == null) {
            model.setDescription(text(javadoc.getComment()));
        }
        var texts = javadoc.getRecordComponents().stream()
                .collect(Collectors.toMap(ParamJavadoc::getName, component -> text(component.getComment())));
        var required = new TreeSet<>(model.getRequired() == null ? List.of() : model.getRequired());
        for (var component : type.getRecordComponents()) {
            var name = NAMES.translate(component.getName());
            var property = model.getProperties().get(name);
            if (property != null) {
                model.getProperties().put(name,
                        described(property, name, texts.getOrDefault(component.getName(), ""), component));
                if (!isNullable(component) && !component.isAnnotationPresent(Omittable.class)) {
                    required.add(name);
                }
            }
        }
        model.setRequired(new ArrayList<>(required));
        for (var component : type.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                describe(model, component.getType());
            }
        }
    }

    private static Schema<?> described(Schema<?> property, String name, String text, RecordComponent component) {
        var bounds = component.getAnnotation(PlainText.class);
        if (bounds != null) {
            bound(property, bounds);
        }
        if (component.isAnnotationPresent(EmailAddress.class)) {
            property.format("email").pattern("^" + EmailAddress.REGEX + "$").setMaxLength(EmailAddress.MAX_LENGTH);
        }
        Examples.addTo(property, name);
        var schema = isNullable(component) ? orNull(property) : property;
        if (schema.getDescription() == null && !text.isEmpty()) {
            schema.setDescription(name.endsWith("_cents") ? "In cents. " + text : text);
        }
        return schema;
    }

    /** Both count characters as code points. */
    static void bound(Schema<?> text, PlainText bounds) {
        text.minLength(bounds.min()).setMaxLength(bounds.max());
    }

    private static Schema<?> orNull(Schema<?> property) {
        if (property.get$ref() != null) {
            return new JsonSchema().anyOf(List.of(property, new JsonSchema().types(Set.of("null"))));
        }
        if (property.getTypes() != null) {
            property.addType("null");
        }
        if (property.getEnum() != null && !property.getEnum().contains(null)) {
            property.getEnum().add(null);
        }
        return property;
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                && !component.isAnnotationPresent(Omittable.class);
    }

    /** Markdown, which descriptions are read as. */
    private static String text(Comment comment) {
        var html = COMMENTS.format(comment).replaceAll("</?code>", "`").replaceAll("\\s+", " ");
        return StringUtils.capitalize(HtmlUtils.htmlUnescape(html.strip()));
    }
}
