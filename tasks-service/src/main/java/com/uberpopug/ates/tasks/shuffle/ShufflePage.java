package com.uberpopug.ates.tasks.shuffle;

import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.Confirmed;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.shuffle.RequestShuffle.Outcome;
import com.uberpopug.ates.tasks.user.Users;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * Shuffles in a browser: the panel with the button "Assign tasks", the confirmation before it, and the result after
 * it.
 */
@Controller
@RequestMapping("/shuffles")
class ShufflePage implements BlankIsNothing {

    private final RequestShuffle requestShuffle;
    private final ShuffleReports reports;
    private final Users users;
    private final Clock clock;

    ShufflePage(RequestShuffle requestShuffle, ShuffleReports reports, Users users, Clock clock) {
        this.requestShuffle = requestShuffle;
        this.reports = reports;
        this.users = users;
        this.clock = clock;
    }

    @GetMapping
    @Allowed({Role.MANAGER, Role.ADMIN})
    String panel(Model model) {
        model.addAttribute("outlook", reports.outlook());
        return "shuffle :: panel";
    }

    /** The confirmation: number of tasks and workers, and the fees to charge. */
    @GetMapping("/new")
    @Allowed({Role.MANAGER, Role.ADMIN})
    ModelAndView question() {
        return question(HttpStatus.OK, null);
    }

    /**
     * Small changes of the figures are accepted; an old confirmation, or one overtaken by another user, is shown
     * again.
     */
    @PostMapping
    @Allowed({Role.MANAGER, Role.ADMIN})
    ModelAndView requestShuffle(Caller caller, Confirmed confirmed, @RequestParam @Nullable UUID latest,
            RedirectAttributes next) {
        var now = figures(reports.costs());
        if (!confirmed.isAnswer()) {
            return question(HttpStatus.CONFLICT, null);
        }
        if (!confirmed.holds(now)) {
            return question(HttpStatus.CONFLICT, "shell.question.moved");
        }
        return switch (requestShuffle.request(caller, latest)) {
            case Outcome.Begun(var id) -> result(id, "shuffle.begun", next);
            case Outcome.JustBegun(var id) -> result(id, "shuffle.begun-already", next);
            case Outcome.Overtaken() -> question(HttpStatus.CONFLICT, "shuffle.overtaken");
            case Outcome.NoWorkers() -> question(HttpStatus.CONFLICT, null);
        };
    }

    /** The progress of a shuffle, or its result. */
    @GetMapping("/{id}")
    @Allowed({Role.MANAGER, Role.ADMIN})
    String one(@PathVariable UUID id, Model model) {
        var shuffle = reports.find(id)
                .orElseThrow(() -> Problems.notFound("There is no shuffle " + id));
        model.addAttribute("shuffle", shuffle);
        model.addAttribute("people", users.named(Set.of(shuffle.requestedBy())));
        return "shuffle-result";
    }

    private ModelAndView question(HttpStatus status, @Nullable String why) {
        var costs = reports.costs();
        var question = new ModelAndView("shuffle-question", status);
        question.addObject("costs", costs);
        question.addObject("asked", figures(costs));
        question.addObject("outlook", reports.outlook());
        question.addObject("why", why);
        return question;
    }

    private Confirmed figures(ShuffleReports.Costs costs) {
        return Confirmed.of(costs.tasks(), costs.feesCents(), clock.instant());
    }

    private static ModelAndView result(UUID id, String message, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(message));
        return new ModelAndView("redirect:/shuffles/" + id);
    }
}
