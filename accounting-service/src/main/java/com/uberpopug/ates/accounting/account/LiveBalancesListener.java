package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.pages.LiveSource;
import com.uberpopug.ates.platform.pages.LiveUpdate;
import com.uberpopug.ates.platform.pages.Money;
import com.uberpopug.ates.platform.web.Toast;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Notifies open pages of transfers and closed days; a paid worker gets a toast with the amount. */
@Configuration(proxyBeanMethods = false)
class LiveBalancesListener {

    private static final String MINE = "mine";

    @Bean
    LiveSource liveBalances() {
        return new LiveSource.Topics(List.of(Topics.BALANCES, Topics.MANAGERS),
                List.of(UserBalanceCharged.class, UserBalanceChanged.class, UserDailyPaidAmount.class,
                        ManagersBalanceChanged.class, BusinessDayClosed.class),
                facts -> facts.stream().flatMap(LiveBalancesListener::updates).distinct().toList());
    }

    private static Stream<LiveUpdate> updates(Received fact) {
        var accounts = LiveUpdate.toAll("accounts");
        var earnings = LiveUpdate.toAll("earnings");
        var days = LiveUpdate.toAll("days");
        return switch (fact.event()) {
            case UserBalanceCharged event -> Stream.of(accounts, LiveUpdate.to(event.getUserId(), MINE));
            case UserBalanceChanged event -> Stream.of(accounts, LiveUpdate.to(event.getUserId(), MINE));
            case UserDailyPaidAmount event -> Stream.of(accounts, days, LiveUpdate.to(event.getUserId(), MINE,
                    Toast.of("account.paid", Money.dollars(event.getPaidCents())).leadingTo("/")
                            .inBursts("account.paid-often", event.getPaidCents(), "/")));
            case ManagersBalanceChanged _ -> Stream.of(earnings, days);
            // The current business date changes.
            case BusinessDayClosed _ -> Stream.of(earnings, days, accounts, LiveUpdate.toAll(MINE));
            // An erasure has no value.
            default -> Stream.of();
        };
    }
}
