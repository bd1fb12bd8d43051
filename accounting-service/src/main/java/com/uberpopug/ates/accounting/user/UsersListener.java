package com.uberpopug.ates.accounting.user;

import com.uberpopug.ates.accounting.ledger.Accounts;
import com.uberpopug.ates.accounting.user.Users.User;
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

/** Keeps the copy of the users, and opens an account for every worker. */
@Component
class UsersListener {

    private static final String CONSUMER = "accounting.users";

    private final Users users;
    private final Accounts accounts;
    private final IdempotencyKeys answers;
    private final Subscription subscription;

    UsersListener(Users users, Accounts accounts, IdempotencyKeys answers, Inbox inbox) {
        this.users = users;
        this.accounts = accounts;
        this.answers = answers;
        subscription = inbox.subscribe(CONSUMER, Handlers.into(Batch::new)
                .on(UserCreated.class,
                        (batch, fact, user) -> batch.states.add(new User(user.getUserId(), user.getLogin(),
                                user.getDisplayName(), user.getEmail(), user.getLanguage(), user.getRole(),
                                user.getActive(),
                                fact.sequence())))
                .on(UserUpdated.class,
                        (batch, fact, user) -> batch.states.add(new User(user.getUserId(), user.getLogin(),
                                user.getDisplayName(), user.getEmail(), user.getLanguage(), user.getRole(),
                                user.getActive(),
                                fact.sequence())))
                .onErased((batch, key) -> batch.erased.add(UUID.fromString(key)))
                .applying(this::apply));
    }

    private static final class Batch {
        private final List<User> states = new ArrayList<>();
        private final List<UUID> erased = new ArrayList<>();
    }

    @KafkaListener(id = CONSUMER, topics = Topics.USERS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(Batch batch) {
        users.update(batch.states);
        users.erase(batch.erased);
        answers.forget(batch.erased);
        accounts.open(batch.states.stream().filter(user -> isWorker(user.role())).map(User::id).toList());
    }

    private static boolean isWorker(String role) {
        return role.equals(Role.POPUG.wire()) || role.equals(Role.ACCOUNTANT.wire());
    }
}
