package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Moves one file several times in a fresh process and prints how long each time took: disk map,
 * disk, {@code get} or {@code put}, path, local file, rounds.
 */
public final class FirstTransferMain {
  private FirstTransferMain() {}

  /** Prints one line of seconds a round. */
  public static void main(String[] arguments) throws IOException {
    boolean get = arguments[2].equals("get");
    Path file = Path.of(arguments[4]);
    try (StorageManager manager = StorageManager.open(DiskMap.parse(arguments[0]))) {
      Storage storage = manager.disk(arguments[1]);
      storage.exists("session");
      for (int round = 0; round < Integer.parseInt(arguments[5]); round++) {
        if (get) {
          Files.deleteIfExists(file);
        }
        long start = System.nanoTime();
        if (get) {
          storage.downloadTo(arguments[3], file);
        } else {
          storage.save(arguments[3], Content.of(file));
        }
        System.out.println("seconds " + (System.nanoTime() - start) / 1e9);
      }
    }
    System.out.println("end");
  }
}
