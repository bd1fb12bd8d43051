package com.uberpopug.ates.platform.web;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address that every mail server takes (RFC 5321, 4.1.2): a local part of atoms with single dots between them, up to
 * 64 characters, and the name of a domain with a dot in it, labels of up to 63 letters, digits and hyphens, the last
 * one not all digits; up to 254 characters in all. Quoted local parts, addresses of hosts in brackets and a dot at the
 * end are refused, and so is what is not ASCII: a domain of other letters is written as its {@code xn--} labels. Null
 * is valid.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = EmailAddress.Validator.class)
public @interface EmailAddress {

    int MAX_LENGTH = 254;

    String RULE = "must be an email address such as anna@example.org, of ASCII characters";

    /** The rule as a regular expression of Java and of JavaScript alike. */
    String REGEX = "(?=.{1,254}$)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
            + "@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    String message() default RULE;

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Checks it; also for those who have an address from elsewhere. */
    final class Validator implements ConstraintValidator<EmailAddress, String> {

        private static final Pattern ADDRESS = Pattern.compile(REGEX);

        /** Whether a text is such an address. */
        public static boolean isAddress(String text) {
            return text.length() <= MAX_LENGTH && ADDRESS.matcher(text).matches();
        }

        @Override
        public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
            return text == null || isAddress(text);
        }
    }
}
