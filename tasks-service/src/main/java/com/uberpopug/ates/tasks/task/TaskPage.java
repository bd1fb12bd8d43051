package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.pages.Money;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.BidiIsolation;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.tasks.task.CompleteTask.Outcome;
import com.uberpopug.ates.tasks.task.CreateTask.NewTask;
import com.uberpopug.ates.tasks.task.Task.Status;
import com.uberpopug.ates.tasks.task.TaskList.Assignment;
import com.uberpopug.ates.tasks.task.TaskList.Filter;
import com.uberpopug.ates.tasks.user.Users.Person;
import com.uberpopug.ates.tasks.user.Users;
import jakarta.validation.Valid;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** Tasks in a browser: my tasks, all tasks, and one task with its history. */
@Controller
class TaskPage implements BlankIsNothing {

    private static final int MOST_ASSIGNMENTS = 50;
    private static final int MOST_SUGGESTIONS = 10;

    private final CreateTask createTask;
    private final CompleteTask completeTask;
    private final TaskList tasks;
    private final Users users;

    TaskPage(CreateTask createTask, CompleteTask completeTask, TaskList tasks, Users users) {
        this.createTask = createTask;
        this.completeTask = completeTask;
        this.tasks = tasks;
        this.users = users;
    }

    /**
     * The filter of the list, as in the address; blank for no filter. Every word may be a login, so the viewer's own
     * tasks have a parameter of their own, which takes precedence over the assignee.
     */
    record Search(@Nullable Status status, @Nullable Boolean mine, @Nullable String assignee, @Nullable String q) {

        /** The address of the list, or of a part of it. */
        public String address(@Nullable String after) {
            var address = UriComponentsBuilder.fromPath("/tasks");
            Optional.ofNullable(status).ifPresent(it -> address.queryParam("status", it));
            Optional.ofNullable(mine).ifPresent(it -> address.queryParam("mine", it));
            Optional.ofNullable(assignee).ifPresent(it -> address.queryParam("assignee", "{assignee}"));
            Optional.ofNullable(q).ifPresent(it -> address.queryParam("q", "{q}"));
            Optional.ofNullable(after).ifPresent(it -> address.queryParam("after", it));
            return address.encode()
                    .buildAndExpand(Map.of("assignee", Objects.toString(assignee, ""), "q", Objects.toString(q, "")))
                    .toUriString();
        }
    }

    @GetMapping("/")
    @AllowedToUsers
    String mine(Caller caller, @RequestParam @Nullable String after, @RequestParam @Nullable Integer limit,
            Model model) {
        model.addAttribute("tasks", tasks.page(new Filter(EnumSet.of(Status.ASSIGNED), caller.id(), null),
                Cursor.id(after), Page.limit(limit)));
        return "my-tasks";
    }

    @GetMapping("/tasks")
    @AllowedToUsers
    String all(@ModelAttribute("search") Search search, @RequestParam @Nullable @PlainText(max = 200) String q,
            @RequestParam @Nullable @PlainText(max = 64) String assignee, @RequestParam @Nullable String after,
            @RequestParam @Nullable Integer limit, Caller caller, Model model) {
        var wanted = Boolean.TRUE.equals(search.mine())
                ? Optional.of(caller.id())
                : Optional.ofNullable(assignee).flatMap(users::withLogin).map(Person::id);
        var isUnknown = assignee != null && wanted.isEmpty();
        var page = isUnknown
                ? new Page<TaskView>(List.of(), null)
                : tasks.page(new Filter(search.status() == null ? Set.of() : EnumSet.of(search.status()),
                        wanted.orElse(null), q), Cursor.id(after), Page.limit(limit));
        model.addAttribute("tasks", page);
        model.addAttribute("people", people(page.items().stream().map(TaskView::assigneeId)));
        model.addAttribute("statuses", Status.values());
        model.addAttribute("unknownAssignee", isUnknown);
        return "all-tasks";
    }

    /** Suggestions for the login that is being typed. */
    @GetMapping("/people")
    @AllowedToUsers
    String people(@RequestParam @Nullable @PlainText(max = 64) String assignee, Model model) {
        model.addAttribute("found", users.beginningWith(Objects.toString(assignee, ""), MOST_SUGGESTIONS));
        return "all-tasks :: people";
    }

    @GetMapping("/tasks/{id}")
    @AllowedToUsers
    String one(@PathVariable UUID id, Model model) {
        var task = tasks.find(id).orElseThrow(() -> Problems.notFound("There is no task " + id));
        var assignments = tasks.assignments(id, MOST_ASSIGNMENTS);
        model.addAttribute("task", task);
        model.addAttribute("hasEarlier", assignments.size() == MOST_ASSIGNMENTS && assignments.getLast().number() > 1);
        model.addAttribute("pricedAt", tasks.pricedAt(id).orElse(null));
        model.addAttribute("assignments", assignments);
        model.addAttribute("people", people(Stream.concat(Stream.of(task.createdBy(), task.assigneeId()),
                assignments.stream().map(Assignment::assigneeId))));
        return "task";
    }

    @GetMapping("/tasks/new")
    @AllowedToUsers
    String form(Model model) {
        model.addAttribute("wanted", new NewTask(null, "", null));
        return "new-task";
    }

    /** Splits a title that was typed or pasted with the Jira id in it. */
    @GetMapping("/tasks/new/heading")
    @AllowedToUsers
    String heading(@ModelAttribute("wanted") NewTask wanted, @RequestParam @Nullable String jiraId, Model model) {
        model.addAttribute("isSplit", wanted.jiraId() != null && (jiraId == null || jiraId.isBlank()));
        return "new-task :: heading";
    }

    @PostMapping("/tasks")
    @AllowedToUsers
    ModelAndView create(@Valid @ModelAttribute("wanted") NewTask wanted, BindingResult errors, Caller caller,
            @RequestHeader(name = "HX-Request", defaultValue = "false") boolean fragment, RedirectAttributes next) {
        if (errors.hasErrors()) {
            return new ModelAndView(fragment ? "new-task :: form" : "new-task", HttpStatus.UNPROCESSABLE_CONTENT);
        }
        var id = createTask.create(wanted, caller.id());
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of("task.created-now"));
        return new ModelAndView("redirect:/tasks/" + id);
    }

    /** @param assignment the number of the assignment that the page showed; a later one may have replaced it */
    @PostMapping("/tasks/{id}/complete")
    @AllowedToUsers
    ModelAndView complete(@PathVariable UUID id, @RequestParam(defaultValue = "false") boolean stay, Caller caller,
            @RequestParam @Nullable Integer assignment,
            @RequestHeader(name = "HX-Request", defaultValue = "false") boolean fragment, RedirectAttributes next) {
        var outcome = completeTask.complete(id, caller.id(),
                task -> assignment == null || assignment == task.assignmentNumber());
        var task = tasks.find(id);
        var toast = toast(outcome, task);
        if (!fragment) {
            next.addFlashAttribute(Toast.ATTRIBUTE, toast);
            return new ModelAndView(stay ? "redirect:/tasks/" + id : "redirect:/");
        }
        var row = new ModelAndView("my-tasks :: outcome", outcome == Outcome.COMPLETED
                ? HttpStatus.OK
                : HttpStatus.CONFLICT);
        row.addObject("done", outcome == Outcome.COMPLETED);
        row.addObject("id", id);
        row.addObject("task", task.orElse(null));
        row.addObject("said", toast);
        return row;
    }

    private Toast toast(Outcome outcome, Optional<TaskView> task) {
        return switch (outcome) {
            case COMPLETED -> Toast.of("task.completed",
                    Money.dollars(task.map(TaskView::amountCents).orElse(0L)));
            case ALREADY_COMPLETED -> Toast.of("task.completed-already");
            case NO_LONGER_YOURS, NOT_YOURS -> Toast.of("task.not-yours",
                    task.map(TaskView::assigneeId).map(id -> users.named(Set.of(id)).get(id))
                            .map(Person::displayName).map(BidiIsolation::text).orElse("?"));
            case CHANGED_MEANWHILE -> Toast.of("task.assigned-anew",
                    Money.dollars(task.map(TaskView::feeCents).orElse(0L)));
            case UNKNOWN_TASK -> Toast.of("task.unknown");
        };
    }

    private Map<UUID, Person> people(Stream<@Nullable UUID> ids) {
        var known = new HashSet<UUID>();
        ids.filter(Objects::nonNull).forEach(known::add);
        return users.named(known);
    }
}
