package com.uberpopug.ates.platform.web;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/**
 * Text that every store and every screen can take: no control characters (line breaks and tabs only where
 * {@link #lines()} says so), no halves of characters, and a length in code points of the form in which text comes in
 * ({@link TypedText}), so that a line break is one. A text that must not be empty must
 * hold a visible character, too. Null is valid; say {@code @NotNull} where it is not.
 *
 * <p>It has a validator of its own, because a composed constraint always applies all of its parts: {@link #lines()} and
 * {@link #min()} could not choose among Hibernate Validator's.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PlainText.Validator.class)
public @interface PlainText {

    int min() default 0;

    int max();

    boolean lines() default false;

    String message() default "must be plain text";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Names the first rule that a text breaks. */
    final class Validator implements ConstraintValidator<PlainText, String> {

        /** Letters and a symbol by their names, but blank. */
        private static final String BLANK = "\u115F\u1160\u2800\u3164\uFFA0";

        private static final int LINE_SEPARATOR = 0x2028;
        private static final int PARAGRAPH_SEPARATOR = 0x2029;
        /** Musical symbols without a shape, beside those that are marks by their category. */
        private static final int NULL_NOTEHEAD = 0x1D159;

        private int min;
        private int max;
        private boolean lines;

        @Override
        public void initialize(PlainText rule) {
            min = rule.min();
            max = rule.max();
            lines = rule.lines();
        }

        @Override
        public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
            var broken = text == null ? null : broken(text);
            if (broken == null) {
                return true;
            }
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(broken).addConstraintViolation();
            return false;
        }

        private @Nullable String broken(String text) {
            long length = text.codePoints().count();
            if (length < min || length > max) {
                return "must have %d to %d characters".formatted(min, max);
            }
            if (text.codePoints()
                    .anyMatch(c -> Character.isISOControl(c) && !(lines && (c == '\n' || c == '\r' || c == '\t'))
                            || !lines && (c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR))) {
                return "must not hold control characters";
            }
            if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                return "must not hold halves of surrogate pairs";
            }
            if (min > 0 && text.codePoints().noneMatch(Validator::isVisible)) {
                return "must hold something visible";
            }
            return null;
        }

        /** Whether it is seen on its own; what joins, marks or turns others is not. */
        private static boolean isVisible(int c) {
            return switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK,
                        Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE ->
                    false;
                default -> BLANK.indexOf(c) < 0 && c != NULL_NOTEHEAD;
            };
        }
    }
}
