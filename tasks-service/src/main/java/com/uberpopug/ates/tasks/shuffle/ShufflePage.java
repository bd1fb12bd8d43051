package com.uberpopug.ates.tasks.shuffle;

import com.uberpopug.ates.platform.security.Allowed;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.web.Toast;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/** The panel with the button "Assign tasks", and how far it is; pages of tasks load it for managers and admins. */
@Controller
@RequestMapping("/shuffles")
class ShufflePage {

    private static final String PANEL = "shuffle :: panel";

    private final AssignTasks assignTasks;

    ShufflePage(AssignTasks assignTasks) {
        this.assignTasks = assignTasks;
    }

    @GetMapping
    @Allowed({Role.MANAGER, Role.ADMIN})
    String panel(Model model) {
        model.addAttribute("outlook", assignTasks.outlook());
        return PANEL;
    }

    @PostMapping
    @Allowed({Role.MANAGER, Role.ADMIN})
    ModelAndView assignTasks(Caller caller) {
        var requested = assignTasks.request(caller);
        var panel = new ModelAndView(PANEL, requested.isPresent() ? HttpStatus.OK : HttpStatus.CONFLICT);
        panel.addObject("outlook", assignTasks.outlook());
        panel.addObject("said", Toast.of(requested.isPresent() ? "shuffle.begun" : "shuffle.nobody"));
        return panel;
    }
}
