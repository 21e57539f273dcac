package io.diskmap.examples.tasks;

import io.diskmap.Secret;
import io.diskmap.Slf4jAuditSink;
import io.diskmap.StorageManager;
import io.diskmap.catalog.Quota;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.catalog.http.SignedTokens;
import io.diskmap.catalog.http.TaskFilesApi;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The master: takes the outputs that workers stream to its disk, and shows each user their own
 * under {@code /api/files}. It runs until SIGTERM.
 */
public final class MasterMain {
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration ABANDONED = Duration.ofHours(24);
  private static final Quota QUOTA = new Quota(500L << 30, 1_000_000);

  private MasterMain() {}

  /** Reads the environment of role services, {@code CATALOGUE} and {@code TOKEN_KEY}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOrderly(stop, stopped)));
    try (StorageManager storages = StorageManager.builder().audit(new Slf4jAuditSink()).build();
        TaskFiles catalogue =
            TaskFiles.on(storages.workspace().scoped("tasks"))
                .store(System.getenv("CATALOGUE"))
                .quota(QUOTA)
                .open();
        StorageServer server = server(storages, catalogue)) {
      server.start();
      System.out.println("swept " + catalogue.sweep(ABANDONED) + " abandoned tasks");
      System.out.println("master on port " + server.address().getPort());
      stop.await();
      server.stop(GRACE);
    } finally {
      System.out.println("stopped");
      stopped.countDown();
    }
  }

  private static StorageServer server(StorageManager storages, TaskFiles catalogue) {
    SignedTokens users = SignedTokens.of(Secret.from(() -> System.getenv("TOKEN_KEY")));
    return StorageServer.builder(storages)
        .mount(TaskFilesApi.BASE, TaskFilesApi.of(catalogue, users))
        .build();
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
