package com.uberpopug.ates.accounting.correction;

import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads corrections from the workers' logs. */
@Component
class Corrections {

    private final JdbcClient db;

    Corrections(JdbcClient db) {
        this.db = db;
    }

    Optional<CorrectionView> find(UUID id) {
        return db.sql("""
                select id, corrects_transfer_id, worker_id as user_id, change_cents, balance_after_cents, business_date,
                       reason, corrected_by, occurred_at
                  from worker_log where id = ? and kind = 'CORRECTION'
                """).param(id).query(CorrectionView.class).optional();
    }
}
