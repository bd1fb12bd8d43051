package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.platform.events.SqlArray;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The titles and Jira ids of tasks, for the audit log. */
@Repository
class TaskTitles {

    private final JdbcClient db;

    TaskTitles(JdbcClient db) {
        this.db = db;
    }

    void remember(Map<UUID, TaskTitle> titles) {
        if (titles.isEmpty()) {
            return;
        }
        db.sql("""
                insert into tasks (id, jira_id, title)
                select id, jira_id, title from unnest(:ids, :jiraIds, :titles) as task (id, jira_id, title) order by id
                on conflict (id) do nothing
                """)
                .param("ids", SqlArray.uuids(titles.keySet()))
                .param("jiraIds", SqlArray.texts(titles.values(), TaskTitle::jiraId))
                .param("titles", SqlArray.texts(titles.values(), TaskTitle::text))
                .update();
    }
}
