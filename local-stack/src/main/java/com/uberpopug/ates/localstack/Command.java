package com.uberpopug.ates.localstack;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What {@code ./ates} was asked to do. */
sealed interface Command {

    /** @param fresh starts empty; {@code detach} leaves the system running in the background once it is healthy */
    record Up(boolean fresh, boolean detach) implements Command {
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

    /** @param service whose; empty means all services' */
    record ReplayDeadLetters(Optional<String> service, boolean dryRun) implements Command {
    }

    record Token(String login) implements Command {
    }

    /** The arguments make no command; the message says why. */
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
                var options = options(rest, Set.of("--fresh", "--detach"));
                yield new Up(options.contains("--fresh"), options.contains("--detach"));
            }
            case "down" -> {
                options(rest, Set.of());
                yield new Down();
            }
            case "status" -> {
                options(rest, Set.of());
                yield new Status();
            }
            case "mail" -> {
                options(rest, Set.of());
                yield new Mail();
            }
            case "dead-letters" -> deadLetters(rest);
            case "token" -> {
                if (rest.size() != 1 || rest.getFirst().startsWith("-")) {
                    throw new UsageException("token needs one login, such as anna");
                }
                yield new Token(rest.getFirst());
            }
            default -> throw new UsageException("unknown command " + arguments.getFirst());
        };
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
