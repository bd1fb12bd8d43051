package com.uberpopug.ates.platform.inbox;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.platform.inbox.DeadLetterController.ReplayRequest;
import com.uberpopug.ates.platform.jobs.Jobs;
import com.uberpopug.ates.platform.kafka.ConsumerProgress;
import com.uberpopug.ates.platform.security.Allowed;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.web.Toast;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The service's own pipeline for admins: what waits to be sent, how far its consumers are, and what was set aside. */
@Controller
@RequestMapping("/pipeline")
final class PipelinePage {

    private final MeterRegistry meters;
    private final ConsumerProgress consumers;
    private final DeadLetterController deadLetters;
    private final Jobs jobs;

    PipelinePage(MeterRegistry meters, ConsumerProgress consumers, DeadLetterController deadLetters, Jobs jobs) {
        this.meters = meters;
        this.consumers = consumers;
        this.deadLetters = deadLetters;
        this.jobs = jobs;
    }

    /** A consumer and how far it is behind. */
    record Row(String consumer, String topic, long records, Duration age) {
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    String pipeline(@RequestParam @Nullable String after, Model model) {
        model.addAttribute("backlog", gauge("ates.outbox.backlog"));
        model.addAttribute("oldestSeconds", gauge("ates.outbox.oldest.age"));
        model.addAttribute("jobs", jobs.all());
        model.addAttribute("letters", deadLetters.list(after, null));
        try {
            model.addAttribute("consumers", lags());
        } catch (KafkaException away) {
            model.addAttribute("consumers", List.of());
            model.addAttribute("away", true);
        }
        return "pipeline";
    }

    @GetMapping("/{id}")
    @Allowed(Role.ADMIN)
    String letter(@PathVariable String id, Model model) {
        model.addAttribute("found", deadLetters.one(id));
        return "dead-letter";
    }

    /** What would come of applying the dead letter, which is tried and taken back. */
    @GetMapping("/{id}/replay")
    @Allowed(Role.ADMIN)
    String replayQuestion(Caller caller, @PathVariable String id, Model model) {
        return question(id, "replay", tried(id, caller), model);
    }

    @GetMapping("/{id}/discard")
    @Allowed(Role.ADMIN)
    String discardQuestion(@PathVariable String id, Model model) {
        return question(id, "discard", null, model);
    }

    private String question(String id, String action, @Nullable Toast tried, Model model) {
        var found = deadLetters.one(id);
        if (!found.letter().state().equals("waiting")) {
            return "redirect:/pipeline/{id}";
        }
        model.addAttribute("found", found);
        model.addAttribute("action", action);
        model.addAttribute("tried", tried);
        return "dead-letter-question";
    }

    private Toast tried(String id, Caller caller) {
        return attempt(() -> {
            deadLetters.replay(id, new ReplayRequest(true), caller);
            return "pipeline.would-be-applied";
        });
    }

    @PostMapping("/{id}/replay")
    @Allowed(Role.ADMIN)
    String replay(Caller caller, @PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestParam(defaultValue = "false") boolean asked, RedirectAttributes next) {
        if (!dryRun && !asked) {
            return "redirect:/pipeline/{id}/replay";
        }
        return told(() -> {
            deadLetters.replay(id, new ReplayRequest(dryRun), caller);
            return dryRun ? "pipeline.would-be-applied" : "pipeline.applied";
        }, next);
    }

    @PostMapping("/{id}/discard")
    @Allowed(Role.ADMIN)
    String discard(Caller caller, @PathVariable String id, @RequestParam(defaultValue = "false") boolean asked,
            RedirectAttributes next) {
        if (!asked) {
            return "redirect:/pipeline/{id}/discard";
        }
        return told(() -> {
            deadLetters.discard(id, caller);
            return "pipeline.discarded";
        }, next);
    }

    /** Shows the letter again, and what was done or why not. */
    private static String told(Supplier<String> done, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, attempt(done));
        return "redirect:/pipeline/{id}";
    }

    private static Toast attempt(Supplier<String> done) {
        try {
            return Toast.of(done.get());
        } catch (ErrorResponseException refused) {
            return switch (refused.getStatusCode()) {
                case HttpStatus.CONFLICT -> Toast.of("pipeline.settled");
                case HttpStatus.UNPROCESSABLE_CONTENT -> Toast.of("pipeline.fails-again",
                        String.valueOf(
                                requireNonNull(refused.getBody().getProperties()).get(DeadLetterController.CAUSE)));
                default -> throw refused;
            };
        }
    }

    private long gauge(String name) {
        return Math.round(meters.get(name).gauge().value());
    }

    private List<Row> lags() {
        return consumers.lags().entrySet().stream().map(each -> new Row(each.getKey().consumer(),
                each.getKey().topic(), each.getValue().records(), each.getValue().age())).toList();
    }
}
