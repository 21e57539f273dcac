package io.diskmap.examples.streaming;

import io.diskmap.CleanupSection;
import io.diskmap.Slf4jAuditSink;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The services server as a program of its own: the NAS behind it, an audit line for each operation,
 * and clean-up by the rules of the disk map. It runs until SIGTERM.
 *
 * <p>{@code diskmap serve} does the same; this is what it takes inside an application.
 */
public final class ServicesMain {
  private static final Duration GRACE = Duration.ofSeconds(30);

  private ServicesMain() {}

  /** Reads the environment of role services. */
  public static void main(String[] args) throws IOException, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOrderly(stop, stopped)));
    try (StorageManager storages = StorageManager.builder().audit(new Slf4jAuditSink()).build();
        StorageServer server = StorageServer.of(storages)) {
      server.start();
      ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
      storages.diskMap().cleanup().ifPresent(section -> schedule(timer, storages, section));
      System.out.println("services on port " + server.address().getPort());
      stop.await();
      timer.shutdownNow();
      server.stop(GRACE);
      storages.close(GRACE);
    } finally {
      System.out.println("stopped");
      stopped.countDown();
    }
  }

  private static void stopOrderly(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void schedule(
      ScheduledExecutorService timer, StorageManager storages, CleanupSection section) {
    for (Map.Entry<String, CleanupSection.Rule> entry : section.rules().entrySet()) {
      CleanupSection.Rule rule = entry.getValue();
      timer.scheduleWithFixedDelay(
          () -> cleanUp(storages, entry.getKey(), rule),
          rule.every().toMillis(),
          rule.every().toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  private static void cleanUp(StorageManager storages, String disk, CleanupSection.Rule rule) {
    for (String prefix : rule.prefixes()) {
      try {
        storages.disk(disk).cleanup(prefix, rule.olderThan(), false);
      } catch (StorageException e) {
        System.err.println("clean-up of " + disk + ": " + e.getMessage());
      }
    }
  }
}
