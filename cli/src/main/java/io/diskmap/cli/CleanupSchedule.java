package io.diskmap.cli;

import io.diskmap.CleanupReport;
import io.diskmap.CleanupSection;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the rules of the section {@code cleanup} again and again while a server runs. Thread-safe.
 *
 * <p>One thread runs all rules, one after the other; a run that fails is told and the next one
 * comes at its time.
 */
final class CleanupSchedule implements AutoCloseable {
  private final StorageManager storages;
  private final PrintStream out;
  private final PrintStream err;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "diskmap-cleanup");
            made.setDaemon(true);
            return made;
          });

  private CleanupSchedule(StorageManager storages, Terminal terminal) {
    this.storages = storages;
    this.out = terminal.out();
    this.err = terminal.err();
  }

  /** Begins with the rules of the manager's disk map; there may be none. */
  static CleanupSchedule start(StorageManager storages, Terminal terminal) {
    CleanupSchedule schedule = new CleanupSchedule(storages, terminal);
    storages.diskMap().cleanup().ifPresent(schedule::add);
    return schedule;
  }

  private void add(CleanupSection section) {
    section
        .rules()
        .forEach(
            (disk, rule) ->
                thread.scheduleWithFixedDelay(
                    () -> run(disk, rule), 0, rule.every().toMillis(), TimeUnit.MILLISECONDS));
  }

  private void run(String disk, CleanupSection.Rule rule) {
    for (String prefix : rule.prefixes()) {
      try {
        CleanupReport report = storages.disk(disk).cleanup(prefix, rule.olderThan(), false);
        if (report.deleted().files() > 0 || report.abortedUploads() > 0) {
          out.println(
              "clean-up of "
                  + disk
                  + ": "
                  + Text.count(report.deleted().files(), "file")
                  + ", "
                  + Text.human(report.deleted().bytes())
                  + "; "
                  + Text.count(report.abortedUploads(), "abandoned upload"));
          out.flush();
        }
      } catch (StorageException e) {
        err.println("diskmap: clean-up of " + disk + ": " + e.getMessage());
      } catch (RuntimeException e) {
        err.println("diskmap: clean-up of " + disk + " failed unexpectedly: " + e);
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      thread.awaitTermination(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
