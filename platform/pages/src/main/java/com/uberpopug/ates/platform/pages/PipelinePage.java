package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.ConsumerProgress;
import com.uberpopug.ates.platform.events.Failure;
import com.uberpopug.ates.platform.events.Jobs;
import com.uberpopug.ates.platform.events.inbox.StoredDeadLetters;
import com.uberpopug.ates.platform.events.inbox.StoredDeadLetters.Outcome;
import com.uberpopug.ates.platform.web.DeadLetterViews;
import com.uberpopug.ates.platform.web.DeadLetterViews.Content;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The service's own pipeline for admins: outbox backlog, consumer lag, jobs and dead letters. */
@Controller
@RequestMapping("/pipeline")
final class PipelinePage {

    private final MeterRegistry meters;
    private final ConsumerProgress consumers;
    private final StoredDeadLetters deadLetters;
    private final Jobs jobs;

    PipelinePage(MeterRegistry meters, ConsumerProgress consumers, StoredDeadLetters deadLetters, Jobs jobs) {
        this.meters = meters;
        this.consumers = consumers;
        this.deadLetters = deadLetters;
        this.jobs = jobs;
    }

    /** A consumer's lag. */
    record Row(String consumer, String topic, long records, Duration age) {
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    String pipeline(@RequestParam @Nullable String after, Model model) {
        model.addAttribute("backlog", gauge("ates.outbox.backlog"));
        model.addAttribute("oldestSeconds", gauge("ates.outbox.oldest.age"));
        model.addAttribute("jobs", jobs.all());
        model.addAttribute("letters", DeadLetterViews.page(deadLetters, after, null));
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
        model.addAttribute("found", found(id));
        return "dead-letter";
    }

    /** The confirmation, with the outcome of a dry run: a replay that is rolled back. */
    @GetMapping("/{id}/replay")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    String replayQuestion(Caller caller, @PathVariable String id, Model model) {
        return question(id, "replay", toast(id, deadLetters.replay(DeadLetterViews.id(id), true, caller.id()), true),
                model);
    }

    @GetMapping("/{id}/discard")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    String discardQuestion(@PathVariable String id, Model model) {
        return question(id, "discard", null, model);
    }

    private String question(String id, String action, @Nullable Toast tried, Model model) {
        var found = found(id);
        if (!found.letter().state().equals("waiting")) {
            return "redirect:/pipeline/{id}";
        }
        model.addAttribute("found", found);
        model.addAttribute("action", action);
        model.addAttribute("tried", tried);
        return "dead-letter-question";
    }

    private Content found(String id) {
        return deadLetters.find(DeadLetterViews.id(id)).map(Content::of).orElseThrow(() -> noSuch(id));
    }

    private static ErrorResponseException noSuch(String id) {
        return Problems.notFound("There is no dead letter " + id);
    }

    @PostMapping("/{id}/replay")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    String replay(Caller caller, @PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestParam(defaultValue = "false") boolean asked, RedirectAttributes next) {
        if (!dryRun && !asked) {
            return "redirect:/pipeline/{id}/replay";
        }
        return shown(toast(id, deadLetters.replay(DeadLetterViews.id(id), dryRun, caller.id()), dryRun), next);
    }

    @PostMapping("/{id}/discard")
    @Allowed(Role.ADMIN)
    @FreshSignIn
    String discard(Caller caller, @PathVariable String id, @RequestParam(defaultValue = "false") boolean asked,
            RedirectAttributes next) {
        if (!asked) {
            return "redirect:/pipeline/{id}/discard";
        }
        return shown(toast(id, deadLetters.discard(DeadLetterViews.id(id), caller.id()), false), next);
    }

    /** Redirects to the dead letter, with the result as a toast. */
    private static String shown(Toast result, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, result);
        return "redirect:/pipeline/{id}";
    }

    private static Toast toast(String id, Outcome outcome, boolean dryRun) {
        return switch (outcome) {
            case Outcome.Applied() -> Toast.of(dryRun ? "pipeline.would-be-applied" : "pipeline.applied");
            case Outcome.Discarded(_) -> Toast.of("pipeline.discarded");
            case Outcome.AppliedBefore(),Outcome.DiscardedBefore(),Outcome.NotHandled(_),Outcome.NotStored(_) ->
                Toast.of("pipeline.settled");
            case Outcome.FailedAgain(var cause) -> Toast.of("pipeline.fails-again", Failure.describe(cause));
            case Outcome.Unknown() -> throw noSuch(id);
        };
    }

    private long gauge(String name) {
        return Math.round(meters.get(name).gauge().value());
    }

    private List<Row> lags() {
        return consumers.lags().entrySet().stream().map(each -> new Row(each.getKey().consumer(),
                each.getKey().topic(), each.getValue().records(), each.getValue().age())).toList();
    }
}
