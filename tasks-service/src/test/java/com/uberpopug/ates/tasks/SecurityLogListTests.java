package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.SecurityLogRules;
import java.util.Map;

@TasksTest
class SecurityLogListTests extends SecurityLogRules {

    SecurityLogListTests() {
        super(Map.of(
                "POST /api/tasks", "not: the task names its maker",
                "POST /tasks", "not: the task names its maker",
                "POST /api/tasks/{id}/complete", "not: the event names the worker",
                "POST /tasks/{id}/complete", "not: the event names the worker",
                "POST /api/shuffles", "not: the shuffle names its requester",
                "POST /shuffles", "not: the shuffle names its requester"));
    }
}
