package com.uberpopug.ates.tasks.user;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.inbox.Erased;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.platform.web.IdempotencyKeys;
import com.uberpopug.ates.tasks.user.Users.User;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Keeps the copy of the users. */
@Component
class UsersListener {

    private static final String CONSUMER = "tasks.users";

    private final Users users;
    private final IdempotencyKeys answers;
    private final Subscription subscription;

    UsersListener(Users users, IdempotencyKeys answers, Inbox inbox) {
        this.users = users;
        this.answers = answers;
        subscription = inbox.subscribe(CONSUMER, List.of(UserCreated.class, UserUpdated.class), this::apply);
    }

    @KafkaListener(id = CONSUMER, topics = Topics.USERS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<Received> facts) {
        var states = new ArrayList<User>();
        var erased = new ArrayList<UUID>();
        for (var fact : facts) {
            switch (fact.event()) {
                case UserCreated user -> states.add(new User(user.getUserId(), user.getLogin(), user.getDisplayName(),
                        user.getLanguage(), user.getRole(), user.getActive(), fact.sequence()));
                case UserUpdated user -> states.add(new User(user.getUserId(), user.getLogin(), user.getDisplayName(),
                        user.getLanguage(), user.getRole(), user.getActive(), fact.sequence()));
                case Erased user -> erased.add(UUID.fromString(user.key()));
                default -> throw new IllegalArgumentException("Nothing is known of " + fact.event().getClass());
            }
        }
        users.update(states);
        users.erase(erased);
        answers.forget(erased);
    }
}
