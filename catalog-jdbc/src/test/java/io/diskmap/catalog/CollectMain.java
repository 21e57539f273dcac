package io.diskmap.catalog;

import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Collects a directory as a program of its own, for tests to kill. */
public final class CollectMain {
  private CollectMain() {}

  /** Arguments: the disk's root, the database's directory, the output, the task's id. */
  public static void main(String[] args) throws Exception {
    try (StorageManager storages = StorageManager.open(map(args[0]));
        TaskFiles catalogue =
            TaskFiles.on(storages.workspace())
                .directory(Path.of(args[1]))
                .lease(Duration.ofSeconds(1))
                .open()) {
      System.out.println("collecting");
      boolean done = false;
      while (!done) {
        done = collected(catalogue, args);
      }
      System.out.println("done");
    }
  }

  static DiskMap map(String root) {
    return DiskMap.builder().disk("workspace", "local", Map.of("root", root)).build();
  }

  /** The lease of a collector that was killed ends by itself. */
  private static boolean collected(TaskFiles catalogue, String[] args) throws StorageException {
    try {
      catalogue.collect(Path.of(args[2]), "ann", "n", Instant.EPOCH, args[3]);
      return true;
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.BUSY) {
        throw e;
      }
      LockSupport.parkNanos(e.retryAfter().orElse(Duration.ofMillis(50)).toNanos());
      return false;
    }
  }
}
