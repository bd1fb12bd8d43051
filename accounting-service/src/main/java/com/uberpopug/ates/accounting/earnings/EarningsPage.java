package com.uberpopug.ates.accounting.earnings;

import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.platform.pages.PeriodForm;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.ModelAndView;

/** Managers' earnings in a browser. */
@Controller
class EarningsPage {

    private final Earnings earnings;
    private final BusinessDays businessDays;

    EarningsPage(Earnings earnings, BusinessDays businessDays) {
        this.earnings = earnings;
        this.businessDays = businessDays;
    }

    @GetMapping("/earnings")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    ModelAndView earnings(@ModelAttribute("asked") PeriodForm asked, BindingResult errors) {
        var period = asked.period(businessDays.today(), errors);
        return new ModelAndView("earnings",
                Map.of("earnings", earnings.of(period), "period", period, "charts",
                        true),
                errors.hasErrors() ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.OK);
    }
}
