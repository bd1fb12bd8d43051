package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request without the parameters whose names are paths, such as {@code limit.x} or {@code limit[0]}: there is nothing
 * within our parameters, and Spring's binders fail on the way there.
 */
final class FlatParameters extends HttpServletRequestWrapper {

    private final Map<String, String[]> flat;

    private FlatParameters(HttpServletRequest request, Map<String, String[]> flat) {
        super(request);
        this.flat = Collections.unmodifiableMap(flat);
    }

    static HttpServletRequest of(HttpServletRequest request) {
        var flat = new LinkedHashMap<>(request.getParameterMap());
        return flat.keySet().removeIf(FlatParameters::isPath) ? new FlatParameters(request, flat) : request;
    }

    private static boolean isPath(String name) {
        return name.chars().anyMatch(c -> c == '.' || c == '[' || c == ']');
    }

    @Override
    public @Nullable String getParameter(String name) {
        var values = flat.get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return flat;
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(flat.keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        var values = flat.get(name);
        return values == null ? null : values.clone();
    }
}
