package io.diskmap.examples.streaming;

import io.diskmap.CleanupRun;
import io.diskmap.CleanupSchedule;
import io.diskmap.Slf4jAuditSink;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

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
        CleanupSchedule cleanup = CleanupSchedule.start(storages, ServicesMain::tell);
        StorageServer server = StorageServer.of(storages)) {
      server.start();
      System.out.println("services on port " + server.address().getPort());
      stop.await();
      cleanup.close();
      server.stop(GRACE);
      storages.close(GRACE);
    } finally {
      System.out.println("stopped");
      stopped.countDown();
    }
  }

  private static void tell(CleanupRun run) {
    run.failure().ifPresent(e -> System.err.println("clean-up of " + run.disk() + ": " + e));
  }

  private static void stopOrderly(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
