package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserRestated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.platform.web.security.UserCopy;
import com.uberpopug.ates.platform.web.security.UserCopy.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
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
                        (states, fact, user) -> states.add(new State(of(fact, user.getUserId()), user.getLogin(),
                                user.getDisplayName(), user.getEmail(), user.getLanguage(), user.getRole(),
                                user.getActive(), fact.sequence(), fact.position(), false)))
                .on(UserUpdated.class,
                        (states, fact, user) -> states.add(new State(of(fact, user.getUserId()), user.getLogin(),
                                user.getDisplayName(), user.getEmail(), user.getLanguage(), user.getRole(),
                                user.getActive(), fact.sequence(), fact.position(), false)))
                .on(UserRestated.class,
                        (states, fact, user) -> states.add(new State(of(fact, user.getUserId()), user.getLogin(),
                                user.getDisplayName(), user.getEmail(), user.getLanguage(), user.getRole(),
                                user.getActive(), fact.sequence(), fact.position(), true)))
                .onErased((states, fact, _) -> states.add(State.erased(of(fact, UUID.fromString(fact.key())),
                        fact.position())))
                .applying(this::apply));
    }

    @KafkaListener(id = CONSUMER, topics = Topics.USERS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    /**
     * The user of a record.
     *
     * @throws IllegalArgumentException where the record lies in no order with the others of that user: neither a later
     *                                  one nor compaction would put right what it says
     */
    private static UUID of(Received fact, UUID user) {
        if (!fact.key().equals(user.toString())) {
            throw new IllegalArgumentException("The key is not the id of the user in the value");
        }
        int partition = Utils.toPositive(Utils.murmur2(fact.key().getBytes(StandardCharsets.UTF_8)))
                % Topics.PARTITIONS;
        if (fact.position().partition() != partition) {
            throw new IllegalArgumentException("A record with this key belongs into partition " + partition);
        }
        return user;
    }

    private void apply(List<State> states) {
        // By the order of locks: idempotency keys come first.
        answers.forget(states.stream().filter(State::isErased).map(State::id).toList());
        users.update(states);
    }
}
