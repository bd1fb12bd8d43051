package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Says to whom a fault in the security of this service is reported.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9116">RFC 9116, A File Format to Aid in Security Vulnerability
 *      Disclosure</a>
 */
@RestController
final class SecurityText {

    /** RFC 9116 wants less than a year; the date moves on each day, so that the file is never stale. */
    private static final Duration VALID = Duration.ofDays(180);

    private final URI contact;
    private final Clock clock;

    SecurityText(@Value("${ates.security-contact}") URI contact, Clock clock) {
        this.contact = contact;
        this.clock = clock;
    }

    @GetMapping("/.well-known/security.txt")
    @AllowedToAnyone
    ResponseEntity<String> text() {
        return ResponseEntity.ok().contentType(MediaType.parseMediaType("text/plain;charset=utf-8"))
                .cacheControl(CacheControl.maxAge(Duration.ofDays(1)).cachePublic()).body("""
                        Contact: %s
                        Expires: %s
                        Preferred-Languages: en, ru
                        """.formatted(contact, clock.instant().plus(VALID).truncatedTo(ChronoUnit.DAYS)));
    }
}
