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
 * Opens a page's stream of live updates, as server-sent events. The request's thread returns at once; a few threads
 * write to all streams.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
@Controller
final class LiveController {

    /** The time that a page waits after a refusal before it requests the stream again. */
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

    private record Event(Set<String> names, List<ToastText> toasts) {
    }

    /**
     * A toast in the viewer's language.
     *
     * @param text  shown for a single toast
     * @param href  the page that it leads to; null for none
     * @param burst shown for several of the same kind, which the page adds up; null for none
     */
    private record ToastText(String text, @Nullable String href, @Nullable BurstText burst) {
    }

    /** A text with the placeholders {@value #COUNT} and {@value #SUM}: only the page knows the totals. */
    private record BurstText(String text, String href, int count, long cents) {
    }

    @GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @AllowedToUsers
    void stream(Caller caller, Locale language, HttpServletRequest request, HttpServletResponse response) {
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        // nginx would buffer the response without this header.
        response.setHeader("X-Accel-Buffering", "no");
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            return;
        }
        var signedIn = request.getSession(false);
        if (signedIn == null) {
            throw new AccessDeniedException("The session has ended");
        }
        var stream = new LiveConnection(caller.id(), caller.role(), signedIn.getId(),
                message -> event(message, language),
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
        var toasts = new ArrayList<ToastText>();
        message.toasts().forEach(toast -> toasts.add(text(toast, language)));
        if (message.moreToasts() > 0) {
            toasts.add(new ToastText(text("shell.toast.more", language, COUNT), null, new BurstText(
                    text("shell.toast.more", language, COUNT), "", message.moreToasts(), 0)));
        }
        return ("data: " + json.writeValueAsString(new Event(message.names(), toasts)) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private ToastText text(Toast toast, Locale language) {
        var burst = toast.burst();
        return new ToastText(text(toast.key(), language, toast.arguments().toArray()), toast.href(), burst == null
                ? null
                : new BurstText(text(burst.key(), language, COUNT, SUM), burst.href(), burst.count(),
                        burst.cents()));
    }

    private String text(String key, Locale language, Object... arguments) {
        return messages.getMessage(key, arguments, language);
    }

    private static ErrorResponseException tooMany() {
        return Problems.notNow("Too many pages are open for live updates; reload this page to see changes", PAUSE);
    }
}
