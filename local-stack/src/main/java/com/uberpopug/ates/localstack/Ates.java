package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.MailSink;
import com.uberpopug.ates.localstack.parts.PartFailedException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The main class behind the script {@code ates}. */
final class Ates {

    private Ates() {
    }

    public static void main(String[] arguments) {
        // Kafka's client logs to standard output otherwise; its failures are reported as exceptions, too.
        System.setProperty("logback.configurationFile", "com/uberpopug/ates/localstack/silent-logback.xml");
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            var home = LocalStackFiles.repository().resolve(".ates");
            return switch (Command.of(arguments)) {
                case Command.Up up -> up.detach() ? new Up(home, up).runInBackground() : new Up(home, up).run();
                case Command.Restart(var service) -> new Restart(home).run(service);
                case Command.Env(var service) -> {
                    stack(home).service(service).environment().entrySet().stream().sorted(Map.Entry.comparingByKey())
                            .forEach(variable -> System.out.println(variable.getKey() + "=" + variable.getValue()));
                    yield 0;
                }
                case Command.Migrate(var service) -> {
                    stack(home).migrate(service);
                    System.out.println("The database of " + service + " is migrated");
                    yield 0;
                }
                case Command.Database(var service) -> {
                    stack(home).psqlEnvironment(service).forEach((key, value) -> System.out.println(key + "=" + value));
                    yield 0;
                }
                case Command.KafkaClient(var principal) -> {
                    stack(home).kafkaClient(principal).forEach((key, value) -> System.out.println(key + "=" + value));
                    yield 0;
                }
                case Command.ListConsumerGroups() ->
                    new ConsumerGroups(stack(home).kafkaClient(LocalStack.OTHER_TEAMS), System.out).list();
                case Command.Down() -> new Down(home).run();
                case Command.Status() -> new Status(home).run();
                case Command.Mail() -> {
                    var mails = MailSink.list(home);
                    System.out.println(mails.isEmpty() ? "No emails yet" : String.join("\n", mails));
                    yield 0;
                }
                case Command.ListDeadLetters() -> deadLetters().list();
                case Command.ShowDeadLetter(var id) -> deadLetters().show(id);
                case Command.ReplayDeadLetter(var id, var dryRun) -> deadLetters().replay(id, dryRun);
                case Command.DiscardDeadLetter(var id) -> deadLetters().discard(id);
                case Command.ReplayDeadLetters(var service, var dryRun) -> deadLetters().replayAll(service, dryRun);
                case Command.Token(var login) -> {
                    System.out.println(login.map(Ates::token)
                            .orElseGet(() -> new Token(authService()).ofPerson(System.err)));
                    yield 0;
                }
            };
        } catch (Command.UsageException e) {
            System.err.println("ates: " + e.getMessage() + "; ./ates help shows the commands");
            return 2;
        } catch (PartFailedException | Token.RefusedException | DeadLetters.RefusedException e) {
            System.err.println("ates: " + e.getMessage());
            return 1;
        }
    }

    private static LocalStack stack(Path home) {
        return new LocalStack(home, StackPorts.STANDARD);
    }

    private static DeadLetters deadLetters() {
        return new DeadLetters(StackPorts.STANDARD, () -> token("admin"), System.out);
    }

    private static String token(String login) {
        var password = System.getenv().getOrDefault("ATES_PASSWORD", "beak-" + login);
        return new Token(authService()).of(login, password);
    }

    private static URI authService() {
        return URI.create("http://localhost:" + StackPorts.STANDARD.of("auth-service"));
    }
}
