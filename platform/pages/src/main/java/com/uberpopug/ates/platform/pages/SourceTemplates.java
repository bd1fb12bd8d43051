package com.uberpopug.ates.platform.pages;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.thymeleaf.IEngineConfiguration;
import org.thymeleaf.templateresolver.FileTemplateResolver;
import org.thymeleaf.templateresource.FileTemplateResource;
import org.thymeleaf.templateresource.ITemplateResource;

/** Reads templates from source directories for each page, so that a changed template takes effect at once. */
final class SourceTemplates extends FileTemplateResolver {

    private final List<Path> directories;

    /** @param directories searched in this order; a template in none of them is resolved as usual */
    SourceTemplates(List<Path> directories) {
        this.directories = directories;
        setOrder(0);
        setCacheable(false);
    }

    @Override
    protected @Nullable ITemplateResource computeTemplateResource(IEngineConfiguration configuration, String owner,
            String template, String resource, String encoding, Map<String, Object> attributes) {
        return directories.stream().map(directory -> directory.resolve(template + ".html")).filter(Files::isRegularFile)
                .findFirst().map(file -> new FileTemplateResource(file.toFile(), encoding)).orElse(null);
    }
}
