package com.uberpopug.ates.auth.passkey;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.uberpopug.ates.auth.passkey.Challenges.Challenge;
import com.uberpopug.ates.auth.passkey.Challenges.Kind;
import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.SecondFactor;
import com.uberpopug.ates.auth.user.User;
import com.uberpopug.ates.auth.user.Users;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.NestedRuntimeException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialParameters;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import org.springframework.security.web.webauthn.jackson.WebauthnJacksonModule;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialCreationOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialRequestOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutableRelyingPartyRegistrationRequest;
import org.springframework.security.web.webauthn.management.JdbcUserCredentialRepository;
import org.springframework.security.web.webauthn.management.PublicKeyCredentialUserEntityRepository;
import org.springframework.security.web.webauthn.management.RelyingPartyAuthenticationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyPublicKey;
import org.springframework.security.web.webauthn.management.Webauthn4JRelyingPartyOperations;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/**
 * Owns the passkeys of all users. An authenticator keeps the user's id as the user handle, verifies the user, and names
 * no login to this service; the relying party's id is the host of the issuer.
 *
 * @see <a href="https://www.w3.org/TR/webauthn-3/">Web Authentication, level 3</a>
 */
@Service
public class Passkeys {

    /** The most passkeys of a user. */
    static final int MOST = 10;
    /** An answer of an authenticator is 1 to 3 KB, with RSA keys. */
    private static final int MAX_ANSWER_CHARACTERS = 16_384;
    private static final String COMPANY = "aTES";
    private static final AuthenticatorSelectionCriteria SELECTION = AuthenticatorSelectionCriteria.builder()
            .residentKey(ResidentKeyRequirement.REQUIRED).userVerification(UserVerificationRequirement.REQUIRED)
            .build();

    private final Users users;
    private final SecondFactor secondFactor;
    private final SignIns signIns;
    private final SecurityLog securityLog;
    private final Challenges challenges;
    private final JdbcClient db;
    private final JsonMapper json = JsonMapper.builder().addModule(new WebauthnJacksonModule()).build();
    private final PublicKeyCredentialRpEntity company;
    private final Webauthn4JRelyingPartyOperations relyingParty;

    Passkeys(Users users, SecondFactor secondFactor, SignIns signIns, SecurityLog securityLog,
            Challenges challenges, JdbcClient db, JdbcOperations jdbc, @Value("${ates.issuer}") URI issuer) {
        this.users = users;
        this.secondFactor = secondFactor;
        this.signIns = signIns;
        this.securityLog = securityLog;
        this.challenges = challenges;
        this.db = db;
        company = PublicKeyCredentialRpEntity.builder().id(issuer.getHost()).name(COMPANY).build();
        relyingParty = new Webauthn4JRelyingPartyOperations(new Handles(), new JdbcUserCredentialRepository(jdbc),
                company, Set.of(issuer.getScheme() + "://" + issuer.getAuthority()));
        relyingParty.setCustomizeCreationOptions(
                options -> options.authenticatorSelection(SELECTION).timeout(Challenges.VALID_FOR));
        relyingParty.setCustomizeRequestOptions(options -> options
                .userVerification(UserVerificationRequirement.REQUIRED).timeout(Challenges.VALID_FOR));
    }

    /** A passkey as its user sees it. */
    public record Passkey(String id, String label, Instant created, Instant lastUsed) {
    }

    /**
     * A question to the browser.
     *
     * @param publicKey the options of WebAuthn, as JSON
     * @param challenge what the form has to bring back with the answer
     */
    record Question(@JsonProperty("publicKey") RawValue publicKey, String challenge) {
    }

    /** The outcome of a registration. */
    sealed interface Registration {

        record Done() implements Registration {
        }

        /** The answer is forged, too old, or for somebody else; nothing was registered. */
        record Refused() implements Registration {
        }

        /** The user has {@value #MOST} passkeys. */
        record TooMany() implements Registration {
        }
    }

    /** The outcome of a removal. */
    enum Removal {
        DONE, UNKNOWN,
        /** The last passkey of somebody who needs one. */
        LAST
    }

    /** A user's passkeys, the oldest first. */
    public List<Passkey> of(UUID userId) {
        return db.sql("""
                select credential_id as id, label, created, last_used from user_credentials
                 where user_id = :user order by created, credential_id
                """).param("user", userId).query((row, _) -> new Passkey(row.getString("id"), row.getString("label"),
                row.getTimestamp("created").toInstant(), row.getTimestamp("last_used").toInstant())).list();
    }

    /** Whether an answer of a browser claims to be from a passkey of the signed-in user; nothing is verified. */
    public boolean isOf(Authentication signedIn, @Nullable String answer) {
        try {
            return ownerOf(assertion(answer)).filter(user -> user.toString().equals(signedIn.getName())).isPresent();
        } catch (BadCredentialsException e) {
            return false;
        }
    }

    /** The question for a new passkey of a user. */
    Question askToRegister(UUID userId, String label) {
        var options = relyingParty.createPublicKeyCredentialCreationOptions(
                new ImmutablePublicKeyCredentialCreationOptionsRequest(as(userId)));
        return question(options, challenges.create(Kind.REGISTRATION, userId, options.getChallenge(), label));
    }

    /** The question for a sign-in, of one user or of anybody. */
    Question askToSignIn(@Nullable UUID userId) {
        var options = relyingParty.createCredentialRequestOptions(
                new ImmutablePublicKeyCredentialRequestOptionsRequest(userId == null ? null : as(userId)));
        return question(options, challenges.create(Kind.SIGN_IN, userId, options.getChallenge(), ""));
    }

    /** Registers a passkey that answers the question. */
    @Transactional
    Registration register(UUID userId, @Nullable String challenge, @Nullable String answer) {
        var asked = challenges.open(Kind.REGISTRATION, challenge).filter(each -> userId.equals(each.user()));
        var user = users.lock(userId);
        if (asked.isEmpty() || user.isEmpty() || !challenges.use(asked.get())) {
            return new Registration.Refused();
        }
        if (of(userId).size() >= MOST) {
            return new Registration.TooMany();
        }
        var options = PublicKeyCredentialCreationOptions.builder().rp(company).user(entity(user.get()))
                .challenge(asked.get().bytes()).authenticatorSelection(SELECTION)
                .pubKeyCredParams(PublicKeyCredentialParameters.EdDSA, PublicKeyCredentialParameters.ES256,
                        PublicKeyCredentialParameters.RS256)
                .build();
        try {
            relyingParty.registerCredential(new ImmutableRelyingPartyRegistrationRequest(options,
                    new RelyingPartyPublicKey(read(answer, new TypeReference<>() {
                    }), asked.get().label())));
            securityLog.record(SecurityEntry.done(SecurityKind.PASSKEY_ADDED).by(userId).about(userId));
            return new Registration.Done();
        } catch (NestedRuntimeException failed) {
            throw failed;
        } catch (RuntimeException forged) {
            return new Registration.Refused();
        }
    }

    /**
     * The user whose passkey answers the question.
     *
     * @param halfSignedIn the user who has given the password before, and for whom alone the answer counts
     * @throws BadCredentialsException unless it does
     * @throws DisabledException if the account is deactivated
     */
    @Transactional
    User signIn(@Nullable String challenge, @Nullable String answer, @Nullable UUID halfSignedIn) {
        var asked = challenges.open(Kind.SIGN_IN, challenge).orElseThrow(Passkeys::refused);
        var assertion = assertion(answer);
        var owner = ownerOf(assertion).filter(user -> asked.user() == null || asked.user().equals(user))
                .filter(user -> halfSignedIn == null || halfSignedIn.equals(user)).orElseThrow(Passkeys::refused);
        var handle = assertion.getResponse().getUserHandle();
        long before = lockedCount(assertion);
        var options = PublicKeyCredentialRequestOptions.builder().rpId(company.getId())
                .challenge(asked.bytes()).userVerification(UserVerificationRequirement.REQUIRED).build();
        try {
            relyingParty.authenticate(new RelyingPartyAuthenticationRequest(options, assertion));
        } catch (NestedRuntimeException failed) {
            throw failed;
        } catch (RuntimeException forged) {
            throw new BadCredentialsException("Not an answer of this passkey", forged);
        }
        // Spring compares with the count at registration only. Passkeys that are copied between devices do not count.
        long now = lockedCount(assertion);
        if (handle != null && !handle.equals(handle(owner)) || now <= before && (now != 0 || before != 0)
                || !challenges.use(asked)) {
            throw refused();
        }
        return users.findById(owner).filter(user -> user.profile().active())
                .orElseThrow(() -> new DisabledException("The account is deactivated"));
    }

    /** Removes a user's own passkey. */
    @Transactional
    Removal remove(UUID userId, @Nullable String id) {
        users.lock(userId);
        var passkeys = of(userId);
        if (passkeys.stream().noneMatch(passkey -> passkey.id().equals(id))) {
            return Removal.UNKNOWN;
        }
        if (passkeys.size() == 1 && secondFactor.isRequiredOf(userId)) {
            return Removal.LAST;
        }
        db.sql("delete from user_credentials where credential_id = :id and user_id = :user").param("id", id)
                .param("user", userId).update();
        securityLog.record(SecurityEntry.done(SecurityKind.PASSKEY_REMOVED).by(userId).about(userId));
        return Removal.DONE;
    }

    /** Removes all passkeys of a user who has lost them, and ends all of the user's sign-ins. */
    @Transactional
    void removeAll(UUID userId, UUID by) {
        users.lock(userId);
        db.sql("delete from user_credentials where user_id = :user").param("user", userId).update();
        signIns.endAll(userId);
        securityLog.record(SecurityEntry.done(SecurityKind.PASSKEY_REMOVED).by(by).about(userId));
    }

    private Question question(Object options, Challenge challenge) {
        return new Question(new RawValue(json.writeValueAsString(options)), challenges.seal(challenge));
    }

    private PublicKeyCredential<AuthenticatorAssertionResponse> assertion(@Nullable String answer) {
        return read(answer, new TypeReference<>() {
        });
    }

    private <T> T read(@Nullable String answer, TypeReference<T> type) {
        try {
            if (answer != null && answer.length() <= MAX_ANSWER_CHARACTERS
                    && json.readValue(answer, type) instanceof PublicKeyCredential<?> read
                    && read.getRawId() != null && read.getResponse() != null) {
                return json.readValue(answer, type);
            }
        } catch (RuntimeException e) {
            throw new BadCredentialsException("Not an answer of a browser", e);
        }
        throw refused();
    }

    private Optional<UUID> ownerOf(PublicKeyCredential<?> answer) {
        return db.sql("select user_id from user_credentials where credential_id = :id")
                .param("id", answer.getRawId().toBase64UrlString()).query(UUID.class).optional();
    }

    /** The signatures of a passkey so far; of two answers at once the second is compared with the first. */
    private long lockedCount(PublicKeyCredential<?> answer) {
        return db.sql("select signature_count from user_credentials where credential_id = :id for update")
                .param("id", answer.getRawId().toBase64UrlString()).query(Long.class).single();
    }

    private static Authentication as(UUID userId) {
        return UsernamePasswordAuthenticationToken.authenticated(userId.toString(), null, List.of());
    }

    private static BadCredentialsException refused() {
        return new BadCredentialsException("Not an answer to this question");
    }

    static Bytes handle(UUID userId) {
        return new Bytes(ByteBuffer.allocate(16).putLong(userId.getMostSignificantBits())
                .putLong(userId.getLeastSignificantBits()).array());
    }

    private static PublicKeyCredentialUserEntity entity(User user) {
        return ImmutablePublicKeyCredentialUserEntity.builder().id(handle(user.id())).name(user.login())
                .displayName(user.profile().displayName()).build();
    }

    /** Spring Security's users of passkeys are this service's own: nothing is stored for them. */
    private final class Handles implements PublicKeyCredentialUserEntityRepository {

        @Override
        public @Nullable PublicKeyCredentialUserEntity findById(Bytes handle) {
            var bytes = ByteBuffer.wrap(handle.getBytes());
            return bytes.remaining() == 16
                    ? users.findById(new UUID(bytes.getLong(), bytes.getLong())).map(Passkeys::entity).orElse(null)
                    : null;
        }

        @Override
        public @Nullable PublicKeyCredentialUserEntity findByUsername(String userId) {
            return users.findById(UUID.fromString(userId)).map(Passkeys::entity).orElse(null);
        }

        @Override
        public void save(PublicKeyCredentialUserEntity user) {
            throw new UnsupportedOperationException("Users are created by admins");
        }

        @Override
        public void delete(Bytes handle) {
            throw new UnsupportedOperationException("Users are erased by admins");
        }
    }
}
