package com.uberpopug.ates.localstack;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A command of {@code ./ates}. */
sealed interface Command {

    /**
     * Starts the system.
     *
     * @param fresh whether it starts without earlier data
     * @param detach whether it continues in the background once it is healthy
     * @param without services that run elsewhere, such as in an IDE, and are not started
     * @param debug services with a debug port, the first at 5005, the next at 5006
     * @param train whether missing start caches are recorded at once, and not only while the machine is idle
     */
    record Up(boolean fresh, boolean detach, List<String> without, List<String> debug, boolean train)
            implements
                Command {
    }

    /** Restarts one service of the running system from its current jar. */
    record Restart(String service) implements Command {
    }

    /** Migrates the database of a service by its current jar. */
    record Migrate(String service) implements Command {
    }

    /** Prints the environment of a service. */
    record Env(String service) implements Command {
    }

    /** Prints the environment in which psql opens a service's database. */
    record Database(String service) implements Command {
    }

    /** Prints a Kafka client's settings, with which other teams read the topics, or security's tools the security log. */
    record KafkaClient(String principal) implements Command {
    }

    /** Lists the consumer groups of other teams. */
    record ListConsumerGroups() implements Command {
    }

    record Down() implements Command {
    }

    record Status() implements Command {
    }

    record Mail() implements Command {
    }

    record ListDeadLetters() implements Command {
    }

    record ShowDeadLetter(String id) implements Command {
    }

    record ReplayDeadLetter(String id, boolean dryRun) implements Command {
    }

    record DiscardDeadLetter(String id) implements Command {
    }

    /** @param service the service; empty for all services */
    record ReplayDeadLetters(Optional<String> service, boolean dryRun) implements Command {
    }

    /** @param login a user of the demo; empty for a person who signs in with a browser */
    record Token(Optional<String> login) implements Command {
    }

    /** The arguments form no command; the message says why. */
    final class UsageException extends RuntimeException {
        UsageException(String message) {
            super(message);
        }
    }

    static Command of(List<String> arguments) {
        if (arguments.isEmpty()) {
            throw new UsageException("no command");
        }
        var rest = arguments.subList(1, arguments.size());
        return switch (arguments.getFirst()) {
            case "up" -> {
                var plain = new ArrayList<String>();
                var without = new ArrayList<String>();
                var debug = new ArrayList<String>();
                for (var words = rest.iterator(); words.hasNext();) {
                    var word = words.next();
                    switch (word) {
                        case "--without" -> without.add(service(word, words));
                        case "--debug" -> debug.add(service(word, words));
                        default -> plain.add(word);
                    }
                }
                var options = options(plain, Set.of("--fresh", "--detach", "--train"));
                yield new Up(options.contains("--fresh"), options.contains("--detach"), List.copyOf(without),
                        List.copyOf(debug), options.contains("--train"));
            }
            case "down" -> {
                options(rest, Set.of());
                yield new Down();
            }
            case "status" -> {
                options(rest, Set.of());
                yield new Status();
            }
            case "restart" -> new Restart(service("restart", rest));
            case "migrate" -> new Migrate(service("migrate", rest));
            case "env" -> new Env(service("env", rest));
            case "database" -> new Database(service("database", rest));
            case "kafka-client" -> {
                var principal = rest.isEmpty() ? LocalStack.OTHER_TEAMS : rest.getFirst();
                if (rest.size() > 1 || !LocalStack.READERS.contains(principal)) {
                    throw new UsageException(
                            "kafka-client needs none or one of " + String.join(", ", LocalStack.READERS));
                }
                yield new KafkaClient(principal);
            }
            case "consumer-groups" -> {
                options(rest, Set.of());
                yield new ListConsumerGroups();
            }
            case "mail" -> {
                options(rest, Set.of());
                yield new Mail();
            }
            case "dead-letters" -> deadLetters(rest);
            case "token" -> {
                if (rest.size() > 1 || !rest.isEmpty() && rest.getFirst().startsWith("-")) {
                    throw new UsageException("token needs one login, such as anna, or none to sign in with a browser");
                }
                yield new Token(rest.stream().findFirst());
            }
            default -> throw new UsageException("unknown command " + arguments.getFirst());
        };
    }

    private static String service(String command, List<String> words) {
        if (words.size() != 1) {
            throw new UsageException(command + " needs one service, such as tasks-service");
        }
        return service(command, words.iterator());
    }

    private static String service(String command, Iterator<String> words) {
        var name = words.hasNext() ? words.next() : "";
        if (!LocalStack.SERVICES.contains(name)) {
            throw new UsageException("%s needs one of %s, not '%s'".formatted(command,
                    String.join(", ", LocalStack.SERVICES), name));
        }
        return name;
    }

    private static Command deadLetters(List<String> words) {
        var options = options(words.stream().filter(word -> word.startsWith("-")).toList(),
                Set.of("--all", "--dry-run"));
        var plain = words.stream().filter(word -> !word.startsWith("-")).toList();
        var action = plain.isEmpty() ? "" : plain.getFirst();
        if (!action.equals("replay") && !options.isEmpty()) {
            throw new UsageException("--all and --dry-run are options of replay");
        }
        var all = options.contains("--all");
        var dryRun = options.contains("--dry-run");
        return switch (action + " " + (all ? "all " : "") + plain.size()) {
            case "list 1" -> new ListDeadLetters();
            case "show 2" -> new ShowDeadLetter(plain.get(1));
            case "discard 2" -> new DiscardDeadLetter(plain.get(1));
            case "replay 2" -> new ReplayDeadLetter(plain.get(1), dryRun);
            case "replay all 1" -> new ReplayDeadLetters(Optional.empty(), dryRun);
            case "replay all 2" -> new ReplayDeadLetters(Optional.of(plain.get(1)), dryRun);
            default ->
                throw new UsageException(
                        "dead-letters needs list, show ID, replay ID, replay --all [SERVICE] or discard ID");
        };
    }

    private static Set<String> options(List<String> given, Set<String> known) {
        for (var option : given) {
            if (!known.contains(option)) {
                throw new UsageException("unknown option " + option);
            }
        }
        return new HashSet<>(given);
    }
}
