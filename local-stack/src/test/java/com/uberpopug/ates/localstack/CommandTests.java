package com.uberpopug.ates.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTests {

    @Test
    void command_follows_from_its_words() {
        assertThat(command("up")).isEqualTo(new Command.Up(false, false, List.of(), List.of(), false));
        assertThat(command("up --fresh")).isEqualTo(new Command.Up(true, false, List.of(), List.of(), false));
        assertThat(command("up --detach --fresh")).isEqualTo(new Command.Up(true, true, List.of(), List.of(), false));
        assertThat(command("up --without tasks-service --debug auth-service --fresh --debug accounting-service"))
                .isEqualTo(new Command.Up(true, false, List.of("tasks-service"),
                        List.of("auth-service", "accounting-service"), false));
        assertThat(command("up --train")).isEqualTo(new Command.Up(false, false, List.of(), List.of(), true));
        assertThat(command("restart tasks-service")).isEqualTo(new Command.Restart("tasks-service"));
        assertThat(command("migrate tasks-service")).isEqualTo(new Command.Migrate("tasks-service"));
        assertThat(command("env auth-service")).isEqualTo(new Command.Env("auth-service"));
        assertThat(command("database auth-service")).isEqualTo(new Command.Database("auth-service"));
        assertThat(command("kafka-client")).isEqualTo(new Command.KafkaClient("other-teams"));
        assertThat(command("kafka-client security-tools")).isEqualTo(new Command.KafkaClient("security-tools"));
        assertThat(command("consumer-groups")).isEqualTo(new Command.ListConsumerGroups());
        assertThat(command("down")).isEqualTo(new Command.Down());
        assertThat(command("status")).isEqualTo(new Command.Status());
        assertThat(command("dead-letters list")).isEqualTo(new Command.ListDeadLetters());
        assertThat(command("dead-letters show x-0-1")).isEqualTo(new Command.ShowDeadLetter("x-0-1"));
        assertThat(command("dead-letters replay x-0-1")).isEqualTo(new Command.ReplayDeadLetter("x-0-1", false));
        assertThat(command("dead-letters replay --dry-run x-0-1"))
                .isEqualTo(new Command.ReplayDeadLetter("x-0-1", true));
        assertThat(command("dead-letters replay --all"))
                .isEqualTo(new Command.ReplayDeadLetters(Optional.empty(), false));
        assertThat(command("dead-letters replay --all tasks-service --dry-run"))
                .isEqualTo(new Command.ReplayDeadLetters(Optional.of("tasks-service"), true));
        assertThat(command("dead-letters discard x-0-1")).isEqualTo(new Command.DiscardDeadLetter("x-0-1"));
        assertThat(command("token")).isEqualTo(new Command.Token(Optional.empty()));
        assertThat(command("token anna")).isEqualTo(new Command.Token(Optional.of("anna")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "upp", "up fresh", "up --Fresh", "down --fresh", "status now", "restart",
            "restart tasks", "restart tasks-service auth-service",
            "migrate", "migrate tasks", "up --without", "up --debug postgres",
            "up --without tasks-service auth-service", "env", "env nothing",
            "token anna boris",
            "token --help", "dead-letters", "dead-letters list all", "dead-letters show", "dead-letters show --all",
            "dead-letters list --dry-run", "dead-letters replay", "dead-letters replay --dry-run",
            "dead-letters replay a b", "dead-letters discard", "dead-letters discard --all",
            "dead-letters replay --All", "dead-letters replay --all a b",
            "dead-letters drop x",
            "consumer-groups all", "consumer-groups --all",
            "kafka-client tasks-service", "kafka-client --all", "kafka-client other-teams security-tools"})
    void unknown_command_is_refused(String words) {
        assertThatThrownBy(() -> command(words)).isInstanceOf(Command.UsageException.class);
    }

    private static Command command(String words) {
        return Command.of(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }
}
