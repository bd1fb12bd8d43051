package com.uberpopug.ates.auth.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.uberpopug.ates.platform.events.Ids;
import java.text.ParseException;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.encrypt.Encryptors;
import org.springframework.security.crypto.keygen.KeyGenerators;
import org.springframework.stereotype.Component;

/** The key that signs tokens: one for all instances, created by the first of them, stored encrypted. */
@Component
@DependsOnDatabaseInitialization
class SigningKey {

    private static final int BITS = 2048;

    private final JdbcClient db;
    private final String secret;

    SigningKey(JdbcClient db, OidcProperties properties) {
        this.db = db;
        this.secret = properties.keySecret();
    }

    private record Kept(String salt, String encrypted) {
    }

    RSAKey load() {
        if (db.sql("select count(*) from signing_keys").query(Long.class).single() == 0) {
            keep(generated());
        }
        return decrypted(db.sql("select salt, encrypted from signing_keys").query(Kept.class).single());
    }

    private void keep(RSAKey key) {
        var salt = KeyGenerators.string().generateKey();
        db.sql("insert into signing_keys (kid, salt, encrypted) values (:kid, :salt, :encrypted) on conflict do nothing")
                .param("kid", key.getKeyID()).param("salt", salt)
                .param("encrypted", Encryptors.delux(secret, salt).encrypt(key.toJSONString())).update();
    }

    private RSAKey decrypted(Kept kept) {
        try {
            return RSAKey.parse(Encryptors.delux(secret, kept.salt()).decrypt(kept.encrypted()));
        } catch (IllegalStateException | ParseException e) {
            throw new IllegalStateException("ATES_KEY_SECRET is not the one that the signing key was encrypted with",
                    e);
        }
    }

    private static RSAKey generated() {
        try {
            return new RSAKeyGenerator(BITS).keyUse(KeyUse.SIGNATURE).keyID(Ids.next().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("Every Java platform makes RSA keys", e);
        }
    }
}
