package com.uberpopug.ates.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTests {

    @Test
    void commands_are_told_apart_by_their_words() {
        assertThat(command("up")).isEqualTo(new Command.Up(false, false));
        assertThat(command("up --fresh")).isEqualTo(new Command.Up(true, false));
        assertThat(command("up --detach --fresh")).isEqualTo(new Command.Up(true, true));
        assertThat(command("down")).isEqualTo(new Command.Down());
        assertThat(command("status")).isEqualTo(new Command.Status());
        assertThat(command("token anna")).isEqualTo(new Command.Token("anna"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "upp", "up fresh", "up --Fresh", "down --fresh", "status now", "token",
            "token anna boris",
            "token --help"})
    void anything_else_is_refused_and_not_guessed_at(String words) {
        assertThatThrownBy(() -> command(words)).isInstanceOf(Command.UsageException.class);
    }

    private static Command command(String words) {
        return Command.of(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }
}
