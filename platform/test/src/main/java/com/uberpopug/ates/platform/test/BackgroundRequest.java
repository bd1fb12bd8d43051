package com.uberpopug.ates.platform.test;

/** Requests without a navigation by a person: by a browser, its tools, a page or a script. */
public enum BackgroundRequest {
    ICON("/apple-touch-icon.png", "Accept", "*/*"),
    ICON_OF_ANOTHER_SIZE("/apple-touch-icon-120x120-precomposed.png", "Accept", "text/html"),
    DEVELOPER_TOOLS("/.well-known/appspecific/com.chrome.devtools.json", "Accept", "text/html"),
    CHANGE_PASSWORD("/.well-known/change-password", "Accept", "text/html,*/*"),
    ROBOTS("/robots.txt", "Accept", "text/html"),
    IMAGE("/some/page", "Accept", "image/avif,image/*,*/*;q=0.8", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest",
            "image"),
    OLD_IMAGE("/some/page", "Accept", "image/*,*/*"),
    STYLESHEET("/some/page", "Accept", "text/css,*/*;q=0.1", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "style"),
    SCRIPT("/some/page", "Accept", "*/*", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"),
    FETCH("/some/page", "Accept", "text/html", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"),
    FRAME("/some/page", "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"),
    EMBEDDED("/some/page", "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "object"),
    PREFETCH("/some/page", "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document",
            "Sec-Purpose", "prefetch;prerender"),
    OLD_PREFETCH("/some/page", "Accept", "text/html", "Purpose", "prefetch"),
    STREAM("/live", "Accept", "text/event-stream", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"),
    PART("/some/page", "Accept", "*/*", "HX-Request", "true"),
    BOOSTED_PART("/some/page", "Accept", "text/html", "HX-Request", "true", "HX-Boosted", "true"),
    PROGRAM("/some/page", "Accept", "*/*"),
    JSON("/some/page", "Accept", "application/json");

    private final String path;
    private final String[] headers;

    BackgroundRequest(String path, String... headers) {
        this.path = path;
        this.headers = headers;
    }

    public String path() {
        return path;
    }

    public String[] headers() {
        return headers.clone();
    }
}
