package com.uberpopug.ates.analytics.projection;

import com.uberpopug.ates.platform.web.RepeatsFreely;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The projections as a whole in a browser, for admins: the progress of a rebuild, and a check. */
@Controller
@RequestMapping("/projections")
class ProjectionPage {

    private final Rebuilds rebuilds;
    private final RequestRebuild requestRebuild;
    private final CheckProjections check;

    ProjectionPage(Rebuilds rebuilds, RequestRebuild requestRebuild, CheckProjections check) {
        this.rebuilds = rebuilds;
        this.requestRebuild = requestRebuild;
        this.check = check;
    }

    @GetMapping
    @Allowed(Role.ADMIN)
    String projections(Model model) {
        model.addAttribute("rebuild", rebuilds.latest().orElse(null));
        return "projections";
    }

    @PostMapping("/rebuild")
    @Allowed(Role.ADMIN)
    String rebuild(Caller caller, RedirectAttributes next) {
        next.addFlashAttribute(Toast.ATTRIBUTE, Toast.of(requestRebuild.request(caller)
                ? "rebuild.requested"
                : "rebuild.running-already"));
        return "redirect:/projections";
    }

    @PostMapping("/check")
    @RepeatsFreely
    @Allowed(Role.ADMIN)
    String check(Model model) {
        model.addAttribute("result", check.run(true).orElseThrow(ProjectionController::checkIsRunning));
        return projections(model);
    }
}
