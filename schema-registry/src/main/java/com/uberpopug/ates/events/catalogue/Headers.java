package com.uberpopug.ates.events.catalogue;

import com.uberpopug.ates.events.serde.Envelope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The headers of a record, in the order in which they are shown. */
final class Headers {

    static final String AVRO = "application/avro";

    static final List<Header> ALL = List.of(
            new Header(Envelope.TYPE, true, "What happened."),
            new Header(Envelope.DATA_SCHEMA, true,
                    "In which version; a name, not an address. Missing in a record without a value."),
            new Header(Envelope.FACT_ID, true,
                    "Which fact it is: a UUID, the same in each version of the fact and each time that it is sent."),
            new Header(Envelope.AGGREGATE_VERSION, true,
                    "A number of 64 bits that ascends, with gaps, with the facts of one key of one topic."),
            new Header(Envelope.DATA_VERSIONS, true,
                    "The versions in which this fact is published. Missing in a record without a value."),
            new Header(Envelope.TIME, true, "When it happened, as in the body."),
            new Header(Envelope.SOURCE, true, "Which service of which installation sent it."),
            new Header(Envelope.SUBJECT, true, "The key."),
            new Header(Envelope.ID, true, "This record: a UUID."),
            new Header(Envelope.SPEC_VERSION, true, "The version of CloudEvents."),
            new Header(Envelope.CONTENT_TYPE, true, "The encoding. Missing in a record without a value."),
            new Header(Envelope.TRACEPARENT, false, "W3C Trace Context."));

    /** Those that a record without a value lacks. */
    static final List<String> OF_A_VALUE = List.of(Envelope.DATA_SCHEMA, Envelope.DATA_VERSIONS,
            Envelope.CONTENT_TYPE);

    private Headers() {
    }

    /** @param always whether every record with a value has it */
    record Header(String name, boolean always, String meaning) {
    }

    static Map<String, String> sorted(Map<String, String> headers) {
        var sorted = new LinkedHashMap<String, String>();
        ALL.stream().filter(header -> headers.containsKey(header.name()))
                .forEach(header -> sorted.put(header.name(), headers.get(header.name())));
        return sorted;
    }
}
