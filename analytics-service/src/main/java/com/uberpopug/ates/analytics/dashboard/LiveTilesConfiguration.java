package com.uberpopug.ates.analytics.dashboard;

import com.uberpopug.ates.platform.pages.LiveSource;
import com.uberpopug.ates.platform.pages.LiveUpdate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Notifies open pages when the figures of the tiles change. */
@Configuration(proxyBeanMethods = false)
class LiveTilesConfiguration {

    @Bean
    LiveSource liveTiles(Dashboard dashboard) {
        return new LiveSource.Digest(dashboard::tiles, LiveUpdate.toAll("tiles"));
    }
}
