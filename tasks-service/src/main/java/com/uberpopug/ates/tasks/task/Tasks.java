package com.uberpopug.ates.tasks.task;

import jakarta.persistence.LockModeType;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Repository of single tasks. */
interface Tasks extends Repository<Task, UUID> {

    /** Flushes at once: SQL in the same transaction sees the row, and a violated constraint fails here. */
    Task saveAndFlush(Task task);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select task from Task task where task.id = :id")
    Optional<Task> lock(UUID id);
}
