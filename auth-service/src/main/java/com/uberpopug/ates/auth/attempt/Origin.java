package com.uberpopug.ates.auth.attempt;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Where an attempt comes from.
 *
 * @param source an IPv4 address, or the first 64 bits of an IPv6 address, all of which one household has
 * @param devices the tokens of the device's cookie, which may be known for several users
 */
public record Origin(String source, List<String> devices) {

    private static final int NETWORK_BYTES = 8;

    /** @param address as the container gives it */
    static Origin of(String address, List<String> devices) {
        return new Origin(source(address), devices);
    }

    private static String source(String address) {
        try {
            return InetAddress.ofLiteral(address) instanceof Inet6Address v6
                    ? HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), NETWORK_BYTES))
                    : address;
        } catch (IllegalArgumentException e) {
            return address;
        }
    }
}
