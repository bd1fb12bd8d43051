package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.AccessMatrix;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.util.UUID;

/** Who may call what. */
@ServiceTest(database = "analytics")
class AccessMatrixTests extends AccessMatrix {

    @Override
    protected String table() {
        return """
                GET  /                         admin
                GET  /most-expensive           admin
                GET  /projections              admin
                POST /projections/check        admin
                POST /projections/rebuild      admin
                GET  /api/earnings             admin
                GET  /api/negative-balances    admin
                GET  /api/most-expensive       admin
                GET  /api/projections          admin
                GET  /api/projections/check    admin
                POST /api/projections/rebuild  admin
                GET  /login/oauth2/code/*      protocol
                POST /login/oauth2/code/*      protocol
                """;
    }

    @Override
    protected String path(String method, String pattern, UUID owner) {
        return pattern.replace("*", "ates");
    }
}
