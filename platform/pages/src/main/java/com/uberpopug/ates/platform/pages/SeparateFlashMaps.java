package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.RequestKind;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.support.AbstractFlashMapManager;

/**
 * Stores each flash map in a session attribute of its own: in Spring's single list, concurrent requests would overwrite
 * each other's. The target page removes its flash map, and any page removes one that expired after three minutes;
 * requests whose answer nobody sees remove none.
 */
final class SeparateFlashMaps extends AbstractFlashMapManager {

    private static final String PREFIX = "ates.flash.";

    @Override
    protected List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
        var session = request.getSession(false);
        var found = new ArrayList<FlashMap>();
        if (session != null && RequestKind.isSeen(request)) {
            names(session).forEach(name -> {
                if (session.getAttribute(name) instanceof FlashMap stored) {
                    found.add(stored);
                }
            });
        }
        return found;
    }

    @Override
    protected void updateFlashMaps(List<FlashMap> remaining, HttpServletRequest request,
            HttpServletResponse response) {
        var session = request.getSession();
        var added = new ArrayList<>(remaining);
        // An unseen request has retrieved nothing, so flash maps that are missing in its list are still to be shown.
        for (var name : RequestKind.isSeen(request) ? names(session) : List.<String>of()) {
            if (session.getAttribute(name) instanceof FlashMap known && !added.remove(known)) {
                session.removeAttribute(name);
            }
        }
        added.forEach(each -> session.setAttribute(PREFIX + Ids.next(), each));
    }

    private static List<String> names(HttpSession session) {
        return Collections.list(session.getAttributeNames()).stream().filter(name -> name.startsWith(PREFIX)).sorted()
                .toList();
    }
}
