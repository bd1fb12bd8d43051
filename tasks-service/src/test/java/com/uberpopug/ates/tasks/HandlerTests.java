package com.uberpopug.ates.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.HandlerMatrix;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.shuffle.Shuffles;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rules of every handler, in the API and in the pages. */
@TasksTest
class HandlerTests {

    @Autowired
    ApplicationContext service;
    @Autowired
    Company company;
    @Autowired
    Shuffles shuffles;
    @Autowired
    JdbcClient db;

    @Test
    void forbidden_caller_is_refused_whatever_else_is_wrong_with_the_request() throws Exception {
        assertThat(HandlerMatrix.of(service).breaches()).isEmpty();
    }

    @Test
    void text_that_cannot_be_stored_is_no_error_of_the_server() throws Exception {
        assertThat(HandlerMatrix.of(service).serverErrors()).isEmpty();
    }

    @Test
    void head_is_answered_like_get_and_ends_at_once() throws Exception {
        assertThat(HandlerMatrix.of(service).headsThatDiffer()).isEmpty();
    }

    @Test
    void old_sign_in_is_sent_to_sign_in_again_before_money_moves_or_data_is_lost() throws Exception {
        assertThat(HandlerMatrix.of(service).staleSignIns()).isEmpty();
    }

    @Test
    void every_other_change_by_officials_is_one_that_an_old_sign_in_may_do() {
        assertThat(HandlerMatrix.of(service).changesWithoutNewSignIn()).containsExactly(
                "POST /api/shuffles", "POST /shuffles");
    }

    /** By the rules of the company all tasks are shown to all, and shuffles to all managers. */
    @Test
    void id_of_anothers_thing_is_answered_as_an_unknown_one_unless_all_may_see_it() throws Exception {
        var popug = company.hire(Role.POPUG);
        // It might take the task from its assignee.
        var shuffle = shuffles.press();
        shuffles.awaitFinished(shuffle);
        var task = company.taskOf(popug);
        var person = db.sql("select assignee_id from tasks where id = ?").param(task).query(UUID.class).single();
        assertThat(HandlerMatrix.of(service).handlersThatShowWhatIsAnothers(path -> switch (path) {
            case "/api/tasks/{id}", "/api/tasks/{id}/complete", "/tasks/{id}", "/tasks/{id}/complete" ->
                task.toString();
            case "/api/tasks", "/tasks", "/people" -> person.toString();
            case "/api/shuffles/{id}", "/shuffles/{id}", "/shuffles" -> shuffle.toString();
            default -> HandlerMatrix.deadLetterFor(path);
        })).containsExactly("GET /api/shuffles/{id} to a manager", "GET /api/tasks to a manager",
                "GET /api/tasks to a popug", "GET /api/tasks/{id} to a manager", "GET /api/tasks/{id} to a popug",
                "GET /shuffles/{id} to a manager", "GET /tasks/{id} to a manager", "GET /tasks/{id} to a popug",
                "POST /api/tasks/{id}/complete to a manager", "POST /api/tasks/{id}/complete to a popug");
    }
}
