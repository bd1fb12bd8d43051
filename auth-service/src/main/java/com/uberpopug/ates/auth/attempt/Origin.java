package com.uberpopug.ates.auth.attempt;

import com.uberpopug.ates.platform.web.SourceLimit;
import java.util.List;

/**
 * Where an attempt comes from.
 *
 * @param source an IPv4 address, or the first 64 bits of an IPv6 address, all of which one household has
 * @param devices the tokens of the device's cookie, which may be known for several users
 */
public record Origin(String source, List<String> devices) {

    /** @param address as the container gives it */
    static Origin of(String address, List<String> devices) {
        return new Origin(SourceLimit.source(address), devices);
    }
}
