package io.diskmap.local;

import io.diskmap.CleanupOptions;
import io.diskmap.DiskMap;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.util.Map;

/** Cleans up the directory that its argument names, as a program of its own, for tests to kill. */
public final class CleanupMain {
  private CleanupMain() {}

  /** Deletes what is older than four hours below {@code tmp}. */
  public static void main(String[] arguments) throws IOException {
    DiskMap map =
        DiskMap.builder().disk("workspace", "local", Map.of("root", arguments[0])).build();
    try (StorageManager storages = StorageManager.open(map)) {
      storages.workspace().exists("tmp/none");
      System.out.println("cleaning");
      storages.workspace().cleanup("tmp", CleanupOptions.defaults());
      System.out.println("done");
    }
  }
}
