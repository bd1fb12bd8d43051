package com.uberpopug.ates.analytics.user;

import com.uberpopug.ates.analytics.user.Users.Standing;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.inbox.Erased;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.platform.web.IdempotencyKeys;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears who the users are. */
@Component
class UsersListener {

    private static final String CONSUMER = "analytics.users";

    private final Subscription subscription;
    private final Users users;
    private final IdempotencyKeys answers;

    UsersListener(Inbox inbox, Users users, IdempotencyKeys answers) {
        this.subscription = inbox.subscribe(CONSUMER, List.of(UserCreated.class, UserUpdated.class),
                this::apply);
        this.users = users;
        this.answers = answers;
    }

    @KafkaListener(id = CONSUMER, topics = Topics.USERS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<Received> facts) {
        users.update(facts.stream().map(fact -> switch (fact.event()) {
            case UserCreated user -> new Standing(user.getUserId(), fact.sequence(), user.getRole(), user.getActive(),
                    user.getLanguage());
            case UserUpdated user -> new Standing(user.getUserId(), fact.sequence(), user.getRole(), user.getActive(),
                    user.getLanguage());
            // The row stays, so that a token issued before is not believed.
            case Erased user -> new Standing(UUID.fromString(user.key()), Users.FINAL, Role.POPUG.wire(), false, null);
            default -> throw new IllegalArgumentException("Nothing is known of " + fact.event().getClass());
        }).toList());
        answers.forget(facts.stream().filter(fact -> fact.event() instanceof Erased)
                .map(fact -> UUID.fromString(((Erased) fact.event()).key())).toList());
    }
}
