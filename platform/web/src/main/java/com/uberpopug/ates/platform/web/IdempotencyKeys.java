package com.uberpopug.ates.platform.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.uberpopug.ates.platform.events.SqlArray;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.encrypt.AesBytesEncryptor.CipherAlgorithm;
import org.springframework.security.crypto.encrypt.AesBytesEncryptor;
import org.springframework.security.crypto.encrypt.BytesEncryptor;
import org.springframework.security.crypto.keygen.KeyGenerators;
import org.springframework.web.ErrorResponseException;

/**
 * The table of answers by caller and {@code Idempotency-Key}.
 *
 * <p>An answer may hold a one-time link, so neither key nor body stands there in clear: a body can be opened only with
 * its key, and keys that are as random as they should be cannot be guessed. Beside it stands which ids it names, so
 * that it can be {@linkplain #forget forgotten} with a user whom it describes.
 */
public final class IdempotencyKeys {

    /** The field of a form that holds its key. */
    public static final String FIELD = "once";
    public static final String KEY = "Idempotency-Key";
    public static final String REPLAYED = "Idempotent-Replayed";
    public static final int MAX_LENGTH = 200;
    public static final String RULE = "must be one value of 1 to " + MAX_LENGTH + " printable ASCII characters";

    private static final String WAIT = "10s";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final int FORGET_AT_ONCE = 10_000;
    private static final Pattern ID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final JdbcClient db;

    IdempotencyKeys(JdbcClient db) {
        this.db = db;
    }

    /** A request: the caller's key, and the hash of its content. */
    static final class Asked {

        private final UUID caller;
        private final byte[] keyHash;
        private final byte[] requestHash;
        private final String target;
        private final BytesEncryptor seal;

        Asked(UUID caller, String key, String target, byte[] body) {
            this.caller = caller;
            this.target = target;
            // Neither half of the digest leads to the other: one names the row, one opens it.
            var digest = digest("SHA-512", (caller + "\n" + key).getBytes(UTF_8));
            keyHash = Arrays.copyOf(digest, 32);
            seal = new AesBytesEncryptor(new SecretKeySpec(digest, 32, 32, "AES"), KeyGenerators.secureRandom(16),
                    CipherAlgorithm.GCM);
            requestHash = digest("SHA-256", (target + "\n").getBytes(UTF_8), body);
        }

        private static byte[] digest(String algorithm, byte[]... parts) {
            try {
                var digest = MessageDigest.getInstance(algorithm);
                Arrays.stream(parts).forEach(digest::update);
                return digest.digest();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has " + algorithm, e);
            }
        }
    }

    /** An answer, as far as it is repeated. */
    record Answer(int status, @Nullable String contentType, @Nullable String location, @Nullable String etag,
            byte[] body) {
    }

    /**
     * Takes the key for this transaction, which then {@linkplain #keep keeps} an answer or is rolled back.
     *
     * @return the answer that the key stands for, if it was given before
     * @throws org.springframework.web.ErrorResponseException 422 where it was given to another request; 410 where the
     *                                                        answer was forgotten; 409 where somebody else holds the
     *                                                        key for more than ten seconds
     */
    Optional<Answer> claim(Asked asked) {
        db.sql("set local lock_timeout = '" + WAIT + "'").update();
        int claimed;
        try {
            claimed = db.sql("""
                    insert into idempotency_keys as known (caller, key_hash, request_hash)
                    values (:caller, :keyHash, :requestHash)
                    on conflict (caller, key_hash) do update
                       set request_hash = excluded.request_hash, created_at = excluded.created_at, about = '{}'
                     where known.created_at <= now() - interval '24 hours'
                    """)
                    .param("caller", asked.caller).param("keyHash", asked.keyHash)
                    .param("requestHash", asked.requestHash).update();
        } catch (DataAccessException e) {
            throw e.getRootCause() instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState())
                    ? inProgress()
                    : e;
        }
        db.sql("set local lock_timeout to default").update();
        return claimed == 1 ? Optional.empty() : Optional.of(find(asked));
    }

    private Answer find(Asked asked) {
        return db.sql("""
                select request_hash, status, content_type, location, etag, sealed_body
                  from idempotency_keys where caller = :caller and key_hash = :keyHash
                """)
                .param("caller", asked.caller).param("keyHash", asked.keyHash)
                .query((row, _) -> {
                    if (!MessageDigest.isEqual(row.getBytes("request_hash"), asked.requestHash)) {
                        throw Problems.unprocessable(KEY, "was given to another request");
                    }
                    var sealed = row.getBytes("sealed_body");
                    if (sealed == null) {
                        throw forgotten();
                    }
                    return new Answer(row.getInt("status"), row.getString("content_type"), row.getString("location"),
                            row.getString("etag"), asked.seal.decrypt(sealed));
                }).single();
    }

    /** Stores the answer with what this transaction did. */
    void keep(Asked asked, Answer answer) {
        db.sql("""
                update idempotency_keys
                   set status = :status, content_type = :contentType, location = :location, etag = :etag,
                       sealed_body = :body, about = :about
                 where caller = :caller and key_hash = :keyHash
                """)
                .param("caller", asked.caller).param("keyHash", asked.keyHash).param("status", answer.status())
                .param("contentType", answer.contentType()).param("location", answer.location())
                .param("etag", answer.etag())
                .param("body", asked.seal.encrypt(answer.body())).param("about", SqlArray.uuids(about(asked, answer)))
                .update();
    }

    private static Set<UUID> about(Asked asked, Answer answer) {
        return ID.matcher(asked.target + " " + answer.location() + " " + new String(answer.body(), UTF_8)).results()
                .map(id -> UUID.fromString(id.group())).collect(Collectors.toSet());
    }

    /**
     * Forgets what erased users were answered, and what others were answered that names them. A request that is
     * repeated after that is not done again, and is answered 410.
     */
    public void forget(Collection<UUID> erased) {
        if (erased.isEmpty()) {
            return;
        }
        var users = SqlArray.uuids(erased);
        db.sql("delete from idempotency_keys where caller = any(:users)").param("users", users).update();
        db.sql("""
                update idempotency_keys set sealed_body = null, location = null, about = '{}'
                 where about && :users::uuid[]
                """).param("users", users).update();
    }

    /** Forgets everything that is older than 24 hours. */
    void forgetAllOld() {
        int forgotten;
        do {
            forgotten = db
                    .sql("""
                            delete from idempotency_keys where ctid = any(array(
                                select ctid from idempotency_keys where created_at <= now() - interval '24 hours' limit :atOnce))
                            """)
                    .param("atOnce", FORGET_AT_ONCE).update();
        } while (forgotten == FORGET_AT_ONCE);
    }

    private static ErrorResponseException forgotten() {
        return new ErrorResponseException(HttpStatus.GONE, ProblemDetail.forStatusAndDetail(HttpStatus.GONE,
                "This was done before; what it was answered described a user who has been erased since"), null);
    }

    private static ErrorResponseException inProgress() {
        var problem = Problems.conflict("The first request with this " + KEY
                + " is still in progress; try again");
        problem.getHeaders().set(HttpHeaders.RETRY_AFTER, "1");
        return problem;
    }
}
