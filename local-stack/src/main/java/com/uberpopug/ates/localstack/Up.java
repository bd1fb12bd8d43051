package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.PartFailedException;
import com.uberpopug.ates.localstack.parts.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./ates up}: starts the system, prints its progress, and keeps it running until a signal or the failure of a
 * part.
 */
record Up(Path home, Command.Up options) {
    private static final String OWN_LOG = "launcher.log";
    private static final Set<String> KEPT_WHEN_FRESH = Set.of(Launcher.FILE, "log", "build", "cache");

    private static final String SIGN_INS = """

              sign in as                       who is      with the password
              admin                            admin       beak-admin
              manager                          manager     beak-manager
              accountant                       accountant  beak-accountant
              anna, boris, vera, gleb, dasha   popug       beak-anna, beak-boris, and so on

            ./ates status shows the parts, ./ates down stops them.
            """;

    /** Returns the exit code once a part has failed; a signal ends the process otherwise. */
    int run() {
        var start = System.nanoTime();
        var claim = Launcher.claim(home).orElseThrow(this::alreadyRunning);
        new LocalStack(home, StackPorts.STANDARD).parts().forEach(Up::awaitEndOfLastRun);
        prepare(options.fresh());
        var stack = new LocalStack(home, StackPorts.STANDARD);
        stack.leaveOut(options.without());
        stack.debug(options.debug());
        stack.readTemplatesFromSources();
        stack.use(Rehearsal.caches(home));
        var warm = stack.parts().stream().noneMatch(Part::lacksCache);
        var rehearsal = new AtomicReference<@Nullable ChildProcess>();
        stack.parts().forEach(Up::refuseTakenPort);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stack, rehearsal.get())));

        System.out.println("Starting aTES; its parts log to .ates/log");
        try (var progress = new Progress(stack.steps())) {
            stack.start(progress::done);
        } catch (PartFailedException e) {
            return failed(e);
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("Everything is healthy after %d s.%n%n", took.toSeconds());
        stack.parts().reversed().forEach(part -> System.out.printf("  %-32s %s%n", part.name(), part.address()));
        System.out.print(SIGN_INS);
        stack.reportTo(failure -> System.err.println("ates: " + failure.getMessage()
                + "\nThe other parts keep running; ./ates restart starts it again."));
        new Restart(home).listen(stack);
        claim.write(new Launcher(ProcessHandle.current().pid(), warm, Optional.of(took)));
        if (!warm) {
            Thread.ofPlatform().name("rehearsal").daemon().start(() -> rehearse(rehearsal));
        }
        return failed(stack.failure().join());
    }

    private void rehearse(AtomicReference<@Nullable ChildProcess> rehearsal) {
        try {
            if (!options.train()) {
                Rehearsal.awaitIdle(Rehearsal::load, Thread::sleep);
            }
            rehearsal.set(Rehearsal.begin(home));
        } catch (InterruptedException _) {
            // The caches stay missing until the next start.
        }
    }

    /**
     * Starts the launcher as a process that outlives this one; returns when everything is healthy there, or that
     * process has failed.
     */
    int runInBackground() {
        if (Launcher.running(home).isPresent()) {
            throw alreadyRunning();
        }
        var log = home.resolve("log").resolve(OWN_LOG);
        try {
            Files.createDirectories(log.getParent());
            var process = background().redirectInput(new File("/dev/null")).redirectErrorStream(true)
                    .redirectOutput(log.toFile()).start();
            try (var output = Files.newInputStream(log)) {
                while (true) {
                    // The state is read before the output is copied, so that no output is lost.
                    var ended = process.waitFor(200, TimeUnit.MILLISECONDS);
                    var healthy = Launcher.last(home).filter(launcher -> launcher.pid() == process.pid())
                            .flatMap(Launcher::healthyAfter).isPresent();
                    output.transferTo(System.out);
                    if (ended || healthy) {
                        return ended ? process.exitValue() : 0;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProcessBuilder background() {
        // In a session of its own, because the end of this terminal would otherwise end the launcher too.
        var command = new ArrayList<>(List.of(ChildProcess.isOnPath("setsid") ? "setsid" : "nohup",
                LocalStackFiles.repository().resolve("ates").toString(), "up"));
        if (options.fresh()) {
            command.add("--fresh");
        }
        if (options.train()) {
            command.add("--train");
        }
        options.without().forEach(service -> command.addAll(List.of("--without", service)));
        options.debug().forEach(service -> command.addAll(List.of("--debug", service)));
        return new ProcessBuilder(command);
    }

    private PartFailedException alreadyRunning() {
        return new PartFailedException("aTES is running already" + Launcher.last(home)
                .map(launcher -> " (pid " + launcher.pid() + ")").orElse("")
                + ": ./ates status shows it, ./ates down stops it");
    }

    /** The parts of a killed launcher end by themselves a little later. */
    private static void awaitEndOfLastRun(Part part) {
        part.running().ifPresent(process -> {
            System.out.printf("Waiting for %s (pid %d), whose launcher was killed, to end%n", part.name(),
                    process.pid());
            try {
                process.onExit().get(ChildProcess.STOPS_WITHIN.toSeconds() + 5, TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException _) {
                // The port is still taken, and the next check reports it.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    void prepare(boolean fresh) {
        try {
            if (fresh) {
                delete(home, KEPT_WHEN_FRESH);
            }
            DataFormat.check(home);
            delete(home.resolve("log"), Set.of(OWN_LOG));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory, Set<String> kept) throws IOException {
        if (Files.exists(directory)) {
            try (var files = Files.list(directory)) {
                for (var file : files.filter(file -> !kept.contains(file.getFileName().toString())).toList()) {
                    LocalStackFiles.deleteRecursively(file);
                }
            }
        }
    }

    static void refuseTakenPort(Part part) {
        if (Ports.isTaken(part.port())) {
            throw new PartFailedException("port %d, which %s needs, is taken by %s".formatted(part.port(), part.name(),
                    Ports.owner(part.port()).orElse("another process")));
        }
    }

    private static int failed(PartFailedException failure) {
        System.err.println("ates: " + failure.getMessage());
        return 1;
    }

    private static void stop(LocalStack stack, @Nullable ChildProcess rehearsal) {
        System.out.println("Stopping aTES");
        if (rehearsal != null) {
            rehearsal.stop();
        }
        stack.close();
        System.out.println("Stopped");
    }
}
