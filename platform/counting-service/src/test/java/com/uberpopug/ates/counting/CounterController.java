package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import com.uberpopug.ates.platform.web.security.Role;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A resource that can refuse requests for every reason. */
@RestController
@RequestMapping("/api/counters")
class CounterController {

    private final Counters counters;
    private final JdbcClient db;

    CounterController(Counters counters, JdbcClient db) {
        this.counters = counters;
        this.db = db;
    }

    record NewCounter(@NotNull @PlainText(min = 1, max = 20) String counterName, long firstStep,
            @PlainText(max = 100, lines = true) @Nullable String note) {
    }

    record Counter(UUID counterId, long number) {
    }

    @PostMapping
    @AllowedToUsers
    ResponseEntity<Counter> create(@Valid @RequestBody NewCounter newCounter) {
        if (newCounter.firstStep() > 1_000) {
            throw Problems.unprocessable("first_step", "must not be that large");
        }
        var id = Ids.next();
        return ResponseEntity.created(URI.create("/api/counters/" + id)).body(new Counter(id, counters.step(id)));
    }

    @GetMapping
    @AllowedToUsers
    Page<Counter> list(@RequestParam @Nullable String after, @RequestParam @Nullable Integer limit) {
        int size = Page.limit(limit);
        var rows = db
                .sql("""
                        select id, number from counters where id > coalesce(:after, '00000000-0000-0000-0000-000000000000'::uuid)
                         order by id limit :size + 1
                        """)
                .param("after", Cursor.id(after).orElse(null)).param("size", size)
                .query((row, _) -> new Counter(row.getObject("id", UUID.class), row.getLong("number"))).list();
        return Page.of(rows, size, counter -> Cursor.of(counter.counterId()));
    }

    @GetMapping("/{id}")
    @AllowedToUsers
    Counter get(@PathVariable UUID id) {
        return db.sql("select number from counters where id = :id").param("id", id).query(Long.class).optional()
                .map(number -> new Counter(id, number))
                .orElseThrow(() -> Problems.notFound("There is no counter " + id));
    }

    @PostMapping("/{id}/steps")
    @Allowed({Role.MANAGER, Role.ADMIN})
    Counter step(@PathVariable UUID id) {
        if (get(id).number() >= 2) {
            throw Problems.conflict("The counter is full");
        }
        return new Counter(id, counters.step(id));
    }

    @PostMapping("/{id}/leaps")
    @AllowedToUsers
    Counter leap(@PathVariable UUID id) {
        return new Counter(id, counters.leap(id));
    }

    @PostMapping("/{id}/stumbles")
    @AllowedToUsers
    Counter stumble(@PathVariable UUID id) {
        counters.step(id);
        throw new IllegalStateException("secret inner workings");
    }

    @GetMapping("/on")
    @AllowedToUsers
    List<Counter> on(@RequestParam("counting_date") LocalDate countingDate) {
        return List.of();
    }

    @GetMapping("/broken")
    @AllowedToUsers
    Counter broken() {
        throw new IllegalStateException("secret inner workings");
    }

    /** Lacks a declaration of its callers. */
    @GetMapping("/undeclared")
    Counter undeclared() {
        throw new IllegalStateException("The handler was called");
    }
}
