package com.uberpopug.ates.platform.pages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.DigestUtils;

/**
 * Gives all scripts one version, a hash over their contents, as a folder of their paths:
 * {@code /shell/VERSION/live.js}. Modules import each other by relative paths, so a page never mixes cached modules of
 * two versions. A hash of each file's own content would not change with its imports.
 */
final class ScriptVersion implements BeanPostProcessor {

    private static final String SCRIPTS = "classpath*:/static/shell/*.js";

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof WebProperties web) {
            web.getResources().getChain().getStrategy().getFixed().setVersion(version());
        }
        return bean;
    }

    private static String version() {
        try {
            var scripts = new PathMatchingResourcePatternResolver().getResources(SCRIPTS);
            Arrays.sort(scripts, Comparator.comparing(script -> String.valueOf(script.getFilename())));
            var contents = new ByteArrayOutputStream();
            for (Resource script : scripts) {
                contents.writeBytes(script.getContentAsByteArray());
            }
            return DigestUtils.md5DigestAsHex(contents.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
