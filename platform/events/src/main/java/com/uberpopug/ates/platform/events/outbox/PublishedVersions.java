package com.uberpopug.ates.platform.events.outbox;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.uberpopug.ates.events.EventType;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/**
 * In which versions this service publishes its events: in all that it writes, but for those that are switched off. Two
 * versions of an event are published side by side until nobody reads the old one.
 */
final class PublishedVersions {

    private final Set<EventType> switchedOff;

    /**
     * @param switchedOff versions such as {@code Tasks.Created/v1}
     * @throws IllegalStateException where one is not of the contract, or where no version of its type is left
     */
    PublishedVersions(Collection<String> switchedOff) {
        this.switchedOff = switchedOff.stream().map(PublishedVersions::version).collect(toUnmodifiableSet());
        for (var off : this.switchedOff) {
            if (EventType.all().stream().filter(each -> each.type().equals(off.type()))
                    .allMatch(this.switchedOff::contains)) {
                throw new IllegalStateException("ates.events.switched-off leaves no version of " + off.type());
            }
        }
    }

    private static EventType version(String name) {
        return EventType.all().stream().filter(each -> each.title().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "ates.events.switched-off: there is no %s, but %s".formatted(name,
                                EventType.all().stream().map(EventType::title).toList())));
    }

    /** The versions of a fact that are published, the newest first. */
    List<SpecificRecord> of(Fact fact) {
        var published = fact.versions().stream()
                .filter(event -> !switchedOff.contains(EventType.of(event.getClass()))).toList();
        if (published.isEmpty()) {
            throw new IllegalStateException("Every version of a fact is switched off: " + switchedOff);
        }
        return published;
    }
}
