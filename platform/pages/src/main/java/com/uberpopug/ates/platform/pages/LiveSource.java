package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.inbox.Received;
import java.util.List;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** The source of a service's live updates, one bean a service. It is read only while pages are open. */
public sealed interface LiveSource {

    /**
     * Events of these topics. Each instance reads all of them, from the moment when the first page opens a stream. The
     * database is then at least as new as the event: a service commits its own change before it publishes it.
     *
     * @param handles the event versions that lead to updates
     * @param updates turns the facts of one poll into updates
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
     * A digest of the pages' data, compared twice a second: for a service whose pages lag behind its topics.
     *
     * @param digest  cheap to compute, and equal as long as the data is unchanged
     * @param changed the update after a change
     */
    record Digest(Supplier<?> digest, LiveUpdate changed) implements LiveSource {
    }
}
