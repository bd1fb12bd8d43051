package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.platform.web.security.UserCopy;
import com.uberpopug.ates.platform.web.security.UserCopy.State;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;

/** Keeps a service's {@link UserCopy} up to date, and removes the answers that are kept of erased users. */
final class UsersListener {

    static final String CONSUMER = "#{'${spring.application.name}'.replace('-service', '')}.users";

    private final UserCopy users;
    private final IdempotencyKeys answers;
    private final Subscription subscription;

    UsersListener(String consumer, Inbox inbox, UserCopy users, IdempotencyKeys answers) {
        this.users = users;
        this.answers = answers;
        subscription = inbox.subscribe(consumer, Handlers.into(ArrayList<State>::new)
                .on(UserCreated.class,
                        (states, fact, user) -> states.add(new State(user.getUserId(), user.getLogin(),
                                user.getDisplayName(), user.getEmail(), user.getLanguage(), user.getRole(),
                                user.getActive(), fact.sequence())))
                .on(UserUpdated.class,
                        (states, fact, user) -> states.add(new State(user.getUserId(), user.getLogin(),
                                user.getDisplayName(), user.getEmail(), user.getLanguage(), user.getRole(),
                                user.getActive(), fact.sequence())))
                .onErased((states, key) -> states.add(State.erased(UUID.fromString(key))))
                .applying(this::apply));
    }

    @KafkaListener(id = CONSUMER, topics = Topics.USERS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<State> states) {
        // By the order of locks: idempotency keys come first.
        answers.forget(states.stream().filter(State::isErased).map(State::id).toList());
        users.update(states);
    }
}
