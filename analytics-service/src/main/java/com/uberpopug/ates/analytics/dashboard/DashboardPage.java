package com.uberpopug.ates.analytics.dashboard;

import com.uberpopug.ates.analytics.balance.BelowZero;
import com.uberpopug.ates.analytics.earnings.Earnings;
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

/** The tiles, and the days of a period as charts, for admins. */
@Controller
class DashboardPage {

    private final Dashboard dashboard;
    private final Earnings earnings;
    private final BelowZero belowZero;

    DashboardPage(Dashboard dashboard, Earnings earnings, BelowZero belowZero) {
        this.dashboard = dashboard;
        this.earnings = earnings;
        this.belowZero = belowZero;
    }

    @GetMapping("/")
    @Allowed(Role.ADMIN)
    ModelAndView dashboard(@ModelAttribute("asked") PeriodForm asked, BindingResult errors) {
        var tiles = dashboard.tiles();
        var period = asked.period(tiles.today(), errors);
        return new ModelAndView("dashboard",
                Map.of("tiles", tiles, "period", period, "earnings", earnings.of(period), "belowZero",
                        belowZero.atTheEndOf(period), "charts", true),
                errors.hasErrors() ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.OK);
    }
}
