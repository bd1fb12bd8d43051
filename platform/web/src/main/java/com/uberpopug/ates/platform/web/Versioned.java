package com.uberpopug.ates.platform.web;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;

/** An answer of the REST API with the version that it shows in the {@code ETag}, for {@link IfMatch}. */
public final class Versioned<T> extends ResponseEntity<T> {

    private Versioned(T body, HttpStatusCode status, long version, @Nullable URI location) {
        super(body, headers(version, location), status);
    }

    /** 200; a GET that has this version already, by {@code If-None-Match}, is answered with 304. */
    public static <T> Versioned<T> ok(T body, long version) {
        return new Versioned<>(body, HttpStatus.OK, version, null);
    }

    /** 201, with where it is. */
    public static <T> Versioned<T> created(URI location, T body, long version) {
        return new Versioned<>(body, HttpStatus.CREATED, version, location);
    }

    private static HttpHeaders headers(long version, @Nullable URI location) {
        var headers = new HttpHeaders();
        headers.setETag(IfMatch.tag(version).formattedTag());
        if (location != null) {
            headers.setLocation(location);
        }
        return headers;
    }
}
