package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.MalformedRequests;
import com.uberpopug.ates.platform.test.ServiceTest;

/** Between malformed requests, the earnings are read. */
@ServiceTest(database = "analytics")
class MalformedRequestsTests extends MalformedRequests {

    @Override
    protected void sendGoodRequest() throws Exception {
        assertAnswered("/api/earnings", "\"days\"");
    }
}
