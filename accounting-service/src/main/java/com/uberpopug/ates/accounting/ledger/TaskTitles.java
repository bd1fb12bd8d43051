package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.events.SqlArray;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The titles of tasks, for the audit log. */
@Repository
class TaskTitles {

    private final JdbcClient db;

    TaskTitles(JdbcClient db) {
        this.db = db;
    }

    void remember(Map<UUID, String> titles) {
        if (titles.isEmpty()) {
            return;
        }
        db.sql("""
                insert into tasks (id, title)
                select id, title from unnest(:ids, :titles) as task (id, title) order by id
                on conflict (id) do nothing
                """)
                .param("ids", SqlArray.uuids(titles.entrySet(), Map.Entry::getKey))
                .param("titles", SqlArray.texts(titles.entrySet(), Map.Entry::getValue))
                .update();
    }
}
