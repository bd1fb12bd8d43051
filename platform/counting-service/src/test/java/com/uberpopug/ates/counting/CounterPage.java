package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;

/** A form that always conflicts with a change. */
@Controller
class CounterPage {

    @PostMapping("/counters/full/steps")
    @AllowedToUsers
    String step() {
        throw Problems.conflict("The counter is full");
    }
}
