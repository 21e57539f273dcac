package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.jdbc.internal.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A task while one collector holds it: its lease, and how far it is. Thread-safe.
 *
 * <p>The lease is renewed as work goes on. Files that are there are noted in batches: one that is
 * not noted before a crash is sent again, which changes nothing.
 */
final class HeldTask {
  private static final int BATCH = 64;

  private final Database database;
  private final Clock clock;
  private final Duration lease;
  private final String taskId;
  private final String holder;
  private final ReentrantLock lock = new ReentrantLock();
  private List<Integer> uploaded = new ArrayList<>();
  private long heldUntil;

  HeldTask(
      Database database,
      Clock clock,
      Duration lease,
      String taskId,
      String holder,
      long heldUntil) {
    this.database = database;
    this.clock = clock;
    this.lease = lease;
    this.taskId = taskId;
    this.holder = holder;
    this.heldUntil = heldUntil;
  }

  /** Renews the lease where a third of it is over; BUSY where another collector has the task. */
  void goOn() throws StorageException {
    long now = clock.millis();
    lock.lock();
    try {
      if (heldUntil - now > lease.toMillis() * 2 / 3) {
        return;
      }
      heldUntil = now + lease.toMillis();
    } finally {
      lock.unlock();
    }
    long until = now + lease.toMillis();
    boolean held = Transactions.call(database, c -> TaskTable.hold(c, taskId, holder, until));
    if (!held) {
      throw lost();
    }
  }

  /** Notes the chunked save that goes on with a file. */
  void staging(int number, Optional<String> uploadId) throws StorageException {
    Transactions.call(
        database,
        connection -> {
          FileTable.setUpload(connection, taskId, number, uploadId);
          return number;
        });
  }

  /** Notes that a file is there. */
  void uploaded(int number) throws StorageException {
    List<Integer> batch = List.of();
    lock.lock();
    try {
      uploaded.add(number);
      if (uploaded.size() >= BATCH) {
        batch = uploaded;
        uploaded = new ArrayList<>();
      }
    } finally {
      lock.unlock();
    }
    note(batch);
    goOn();
  }

  private void note(List<Integer> batch) throws StorageException {
    if (!batch.isEmpty()) {
      Transactions.call(
          database,
          connection -> {
            FileTable.setUploaded(connection, taskId, batch, clock.instant());
            return batch;
          });
    }
  }

  /** Shows the task to its user, in one step; BUSY where another collector has it. */
  TaskRow complete(String userId) throws StorageException {
    note(rest());
    return Transactions.call(
        database,
        connection -> {
          if (!TaskTable.complete(connection, taskId, holder, clock.instant())) {
            throw lost();
          }
          return TaskTable.find(connection, userId, taskId).orElseThrow(HeldTask::lost);
        });
  }

  /** Lets another collector go on with the task at once. */
  void release() throws StorageException {
    note(rest());
    Transactions.call(database, c -> TaskTable.hold(c, taskId, holder, clock.millis()));
  }

  private List<Integer> rest() {
    lock.lock();
    try {
      List<Integer> rest = uploaded;
      uploaded = new ArrayList<>();
      return rest;
    } finally {
      lock.unlock();
    }
  }

  private static StorageException lost() {
    return StorageException.of(
        ErrorKind.BUSY, "Another collector goes on with this task, or it was deleted meanwhile.");
  }
}
