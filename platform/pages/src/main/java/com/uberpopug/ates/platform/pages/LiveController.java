package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.pages.LiveStream.Message;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Controller;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import tools.jackson.databind.json.JsonMapper;

/**
 * A page's stream of live updates, as server-sent events. The thread of the request opens it; a few threads write to all of
 * them.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
@Controller
final class LiveController {

    /** What a page that is one too many waits before it asks again. */
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final String COUNT = "{count}";
    private static final String SUM = "{sum}";

    private final LiveUpdates live;
    private final MessageSource messages;
    private final JsonMapper json;

    LiveController(LiveUpdates live, MessageSource messages, JsonMapper json) {
        this.live = live;
        this.messages = messages;
        this.json = json;
    }

    private record Event(Set<String> names, List<Said> toasts) {
    }

    /**
     * A toast in the viewer's language.
     *
     * @param text  what it says for itself
     * @param href  where it leads
     * @param burst what says of several that they are one; with more of the same, the page counts on
     */
    private record Said(String text, @Nullable String href, @Nullable SaidOfSeveral burst) {
    }

    /** The text has {@value #COUNT} and {@value #SUM} in it, because only the page knows the sums. */
    private record SaidOfSeveral(String text, String href, int count, long cents) {
    }

    @GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @AllowedToUsers
    void stream(Caller caller, Locale language, HttpServletRequest request, HttpServletResponse response) {
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        // nginx gathers an answer before it passes it on, unless it is told not to.
        response.setHeader("X-Accel-Buffering", "no");
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            return;
        }
        var signedIn = request.getSession(false);
        if (signedIn == null) {
            throw new AccessDeniedException("The session has ended");
        }
        var stream = new LiveConnection(caller.id(), signedIn.getId(), message -> event(message, language),
                live.writers(), live::close);
        if (!live.open(stream)) {
            throw tooMany();
        }
        try {
            stream.begin(request, response);
        } catch (IOException _) {
            // The page was closed.
            stream.end();
        } catch (RuntimeException e) {
            stream.end();
            throw e;
        }
    }

    private byte[] event(Message message, Locale language) {
        var toasts = new ArrayList<Said>();
        message.toasts().forEach(toast -> toasts.add(said(toast, language)));
        if (message.moreToasts() > 0) {
            toasts.add(new Said(text("shell.toast.more", language, COUNT), null, new SaidOfSeveral(
                    text("shell.toast.more", language, COUNT), "", message.moreToasts(), 0)));
        }
        return ("data: " + json.writeValueAsString(new Event(message.names(), toasts)) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private Said said(Toast toast, Locale language) {
        var burst = toast.burst();
        return new Said(text(toast.key(), language, toast.arguments().toArray()), toast.href(), burst == null
                ? null
                : new SaidOfSeveral(text(burst.key(), language, COUNT, SUM), burst.href(), burst.count(),
                        burst.cents()));
    }

    private String text(String key, Locale language, Object... arguments) {
        return messages.getMessage(key, arguments, language);
    }

    private static ErrorResponseException tooMany() {
        return Problems.notNow("There are as many open pages as can be kept up to date; this one must be loaded anew",
                PAUSE);
    }
}
