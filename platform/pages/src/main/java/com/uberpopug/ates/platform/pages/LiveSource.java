package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.inbox.Received;
import java.util.List;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** Where a service's live updates come from; a service has one as a bean. It is asked only while pages are open. */
public sealed interface LiveSource {

    /**
     * Events of these topics. Each instance hears all of them, from the moment when the first page asks; what a service
     * announces itself is in its database before it is in a topic.
     *
     * @param handles the event versions it makes updates of
     * @param updates what pages are told, for all facts that came at once
     */
    record Topics(List<String> topics, List<Class<? extends SpecificRecord>> handles, Updates updates)
            implements
                LiveSource {
    }

    /** Turns facts into updates. */
    interface Updates {
        List<LiveUpdate> of(List<Received> facts);
    }

    /**
     * A digest of what pages show, compared twice a second: for a service whose pages lag behind the topics themselves.
     *
     * @param digest  cheap to find out, and equal as long as nothing has changed
     * @param changed what pages are told when it has
     */
    record Digest(Supplier<?> digest, LiveUpdate changed) implements LiveSource {
    }
}
