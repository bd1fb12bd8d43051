package com.uberpopug.ates.analytics.user;

import com.uberpopug.ates.analytics.user.Users.Standing;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.platform.web.IdempotencyKeys;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Applies users' roles, languages and erasures. */
@Component
class UsersListener {

    private static final String CONSUMER = "analytics.users";

    private final Subscription subscription;
    private final Users users;
    private final IdempotencyKeys answers;

    UsersListener(Inbox inbox, Users users, IdempotencyKeys answers) {
        this.subscription = inbox.subscribe(CONSUMER, Handlers.into(Batch::new)
                .on(UserCreated.class, (batch, fact, user) -> batch.standings.add(new Standing(user.getUserId(),
                        fact.sequence(), user.getRole(), user.getActive(), user.getLanguage())))
                .on(UserUpdated.class, (batch, fact, user) -> batch.standings.add(new Standing(user.getUserId(),
                        fact.sequence(), user.getRole(), user.getActive(), user.getLanguage())))
                .onErased((batch, key) -> batch.erase(UUID.fromString(key)))
                .applying(this::apply));
        this.users = users;
        this.answers = answers;
    }

    private static final class Batch {
        private final List<Standing> standings = new ArrayList<>();
        private final List<UUID> erased = new ArrayList<>();

        /** The row stays, so that earlier tokens of the user are refused. */
        void erase(UUID user) {
            standings.add(new Standing(user, Users.FINAL, Role.POPUG.wire(), false, null));
            erased.add(user);
        }
    }

    @KafkaListener(id = CONSUMER, topics = Topics.USERS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(Batch batch) {
        users.update(batch.standings);
        answers.forget(batch.erased);
    }
}
