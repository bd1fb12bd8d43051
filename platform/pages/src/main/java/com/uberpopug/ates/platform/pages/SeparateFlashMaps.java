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
 * Keeps what a form says on the next page, each in an attribute of its own: requests of one session that run at once would
 * overwrite each other's in a list. Only the page that it is meant for takes it away, or the next after three minutes;
 * a request whose answer is not seen takes nothing.
 */
final class SeparateFlashMaps extends AbstractFlashMapManager {

    private static final String PREFIX = "ates.flash.";

    @Override
    protected List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
        var session = request.getSession(false);
        var found = new ArrayList<FlashMap>();
        if (session != null && RequestKind.isSeen(request)) {
            names(session).forEach(name -> {
                if (session.getAttribute(name) instanceof FlashMap said) {
                    found.add(said);
                }
            });
        }
        return found;
    }

    @Override
    protected void updateFlashMaps(List<FlashMap> said, HttpServletRequest request, HttpServletResponse response) {
        var session = request.getSession();
        var added = new ArrayList<>(said);
        // One that takes nothing has found nothing, and what is not in its list is still to be shown.
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
