package db.migration;

import com.uberpopug.ates.platform.events.TitlesWithoutJiraIds;

/** Splits the titles of the tasks that are here. */
public class V33__titles_without_jira_ids extends TitlesWithoutJiraIds {

    public V33__titles_without_jira_ids() {
        super("task_id", "");
    }
}
