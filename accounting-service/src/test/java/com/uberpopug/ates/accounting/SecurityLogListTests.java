package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.SecurityLogRules;
import java.util.Map;

@AccountingTest
class SecurityLogListTests extends SecurityLogRules {

    SecurityLogListTests() {
        super(Map.of(
                "POST /api/business-days/{date}/close", "CLOSE_REQUESTED DAY_CLOSED",
                "POST /business-days/{date}/close", "CLOSE_REQUESTED DAY_CLOSED",
                "POST /api/corrections", "TRANSFER_CORRECTED",
                "POST /corrections", "TRANSFER_CORRECTED",
                "POST /api/emails/{id}/retry", "not: sends again what was to be sent",
                "POST /api/emails/retry", "not: sends again what was to be sent",
                "POST /payouts/{id}/retry", "not: sends again what was to be sent",
                "POST /payouts/retry", "not: sends again what was to be sent",
                "POST /ledger-check", "not: only reads"));
    }
}
