package com.uberpopug.ates.analytics.dashboard;

import com.uberpopug.ates.platform.pages.LiveSource;
import com.uberpopug.ates.platform.pages.LiveUpdate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells open pages when what the tiles say has changed. */
@Configuration(proxyBeanMethods = false)
class LiveTilesConfiguration {

    @Bean
    LiveSource liveTiles(Dashboard dashboard) {
        return new LiveSource.Digest(dashboard::tiles, LiveUpdate.toAll("tiles"));
    }
}
