package com.uberpopug.ates.tasks.task;

import jakarta.persistence.LockModeType;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** The tasks, one at a time. */
interface Tasks extends Repository<Task, UUID> {

    /** Writes at once: what SQL reads in the same transaction is then there, and what cannot be written is refused now. */
    Task saveAndFlush(Task task);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select task from Task task where task.id = :id")
    Optional<Task> lock(UUID id);
}
