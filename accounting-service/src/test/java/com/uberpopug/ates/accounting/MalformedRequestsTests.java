package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.MalformedRequests;
import com.uberpopug.ates.platform.test.ServiceTest;

/** In a context of its own, because it closes days. */
@ServiceTest(database = "accounting", properties = {
        "ates.price-secret=a secret of the tests, long enough", "ates.close-delay=36500d",
        "db-scheduler.polling-interval=1h"})
class MalformedRequestsTests extends MalformedRequests {

    @Override
    protected void sendGoodRequest() throws Exception {
        assertAnswered("/api/business-days", "\"items\"");
    }
}
