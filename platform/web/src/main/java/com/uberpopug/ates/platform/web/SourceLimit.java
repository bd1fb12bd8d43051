package com.uberpopug.ates.platform.web;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** A number of places, of which no source takes more than its share. */
public final class SourceLimit {

    private static final int NETWORK_BYTES = 8;

    private final int places;
    private final int share;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    /**
     * @param places at least 1
     * @param share  of one source, from 1 to all places
     */
    SourceLimit(int places, int share) {
        this.places = places;
        this.share = share;
    }

    /**
     * The source of a request: an IPv4 address, or the first 64 bits of an IPv6 address, all of which one household has.
     *
     * @param address as the container gives it
     */
    public static String source(String address) {
        try {
            return InetAddress.ofLiteral(address) instanceof Inet6Address v6
                    ? HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), NETWORK_BYTES))
                    : address;
        } catch (IllegalArgumentException e) {
            return address;
        }
    }

    /** Takes a place; false if none is left, or the source has its share. */
    synchronized boolean tryAcquire(String source) {
        if (all == places || taken.getOrDefault(source, 0) == share) {
            return false;
        }
        all++;
        taken.merge(source, 1, Integer::sum);
        return true;
    }

    /** Gives back a place that was taken. */
    synchronized void release(String source) {
        all--;
        taken.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
    }
}
