package io.diskmap;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the rules of the section {@code cleanup} of a manager's disk map, from now until it is
 * closed. Thread-safe.
 *
 * <p>One thread runs all rules, one after the other. A rule's turn below a prefix is over when a
 * run finds nothing to delete and nothing fails: one that deleted is repeated after a second to
 * verify it, one that failed is repeated after 1, 2, 4 and more seconds, at most the rule's
 * interval. A run that reached its limit goes on at the rule's next turn. Each run leaves its own
 * audit record.
 */
public final class CleanupSchedule implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CleanupSchedule.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration SHORTEST_TERM = Duration.ofMinutes(10);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
  private static final int MOST_DOUBLINGS = 20;

  private final StorageManager storages;
  private final Consumer<CleanupRun> told;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "diskmap-cleanup");
            made.setDaemon(true);
            return made;
          });

  private CleanupSchedule(StorageManager storages, Consumer<CleanupRun> told) {
    this.storages = storages;
    this.told = told;
  }

  /**
   * Begins with the rules of the manager's disk map; there may be none.
   *
   * @param told hears of every run, in the thread of the schedule; the manager stays the caller's
   *     to close, after the schedule
   */
  public static CleanupSchedule start(StorageManager storages, Consumer<CleanupRun> told) {
    CleanupSchedule schedule = new CleanupSchedule(storages, told);
    storages.diskMap().cleanup().ifPresent(schedule::add);
    return schedule;
  }

  private void add(CleanupSection section) {
    section
        .rules()
        .forEach(
            (disk, rule) ->
                rule.prefixes()
                    .forEach(prefix -> next(new Turn(disk, prefix, rule), 1, Duration.ZERO)));
  }

  private record Turn(String disk, String prefix, CleanupSection.Rule rule) {}

  private void next(Turn turn, int attempt, Duration pause) {
    try {
      thread.schedule(() -> run(turn, attempt), pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The schedule of clean-ups is closed", e);
    }
  }

  private void run(Turn turn, int attempt) {
    CleanupRun run = attempt(turn, attempt);
    tell(run);
    boolean over = run.verified() || run.report().map(report -> report.left() > 0).orElse(false);
    next(turn, over ? 1 : attempt + 1, over ? turn.rule().every() : pause(turn, run));
  }

  private static Duration pause(Turn turn, CleanupRun run) {
    boolean failed = run.failure().isPresent() || !run.report().orElseThrow().isComplete();
    Duration pause =
        failed
            ? FIRST_PAUSE.multipliedBy(1L << Math.min(run.attempt() - 1, MOST_DOUBLINGS))
            : FIRST_PAUSE;
    Duration every = turn.rule().every();
    return pause.compareTo(every) < 0 ? pause : every;
  }

  private CleanupRun attempt(Turn turn, int attempt) {
    Optional<CleanupReport> report = Optional.empty();
    Optional<StorageException> failure = Optional.empty();
    try {
      report = cleanUp(turn, attempt);
    } catch (StorageException e) {
      failure = Optional.of(e);
    } catch (RuntimeException e) {
      failure =
          Optional.of(
              StorageException.of(ErrorKind.UNKNOWN, "The clean-up failed unexpectedly.", e));
    }
    return new CleanupRun(turn.disk(), turn.prefix(), attempt, report, failure);
  }

  private Optional<CleanupReport> cleanUp(Turn turn, int attempt) throws StorageException {
    CallContext context =
        CallContext.ofUser("diskmap-cleanup")
            .withRequestId(UUID.randomUUID().toString())
            .withDetail("scheduled", "true")
            .withDetail("attempt", Integer.toString(attempt));
    Storage disk = storages.disk(turn.disk()).with(context);
    Optional<CleanupLease> lease =
        turn.rule().lease().map(path -> new CleanupLease(disk, path, term(turn)));
    if (lease.isPresent() && !lease.get().take()) {
      return Optional.empty();
    }
    try {
      return Optional.of(disk.cleanup(turn.prefix(), turn.rule().options()));
    } finally {
      lease.ifPresent(CleanupLease::release);
    }
  }

  private static Duration term(Turn turn) {
    Duration every = turn.rule().every();
    return every.compareTo(SHORTEST_TERM) > 0 ? every : SHORTEST_TERM;
  }

  private void tell(CleanupRun run) {
    if (run.failure().isPresent()) {
      LOG.warn(
          "clean-up of disk {} failed, attempt {}", run.disk(), run.attempt(), run.failure().get());
    }
    try {
      told.accept(run);
    } catch (RuntimeException e) {
      LOG.warn("The listener of a clean-up threw; its exception is dropped", e);
    }
  }

  /** Ends the schedule; a run under way is interrupted and changes nothing in half. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("A clean-up is still under way; the close of its manager ends it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
