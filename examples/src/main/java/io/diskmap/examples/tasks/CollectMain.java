package io.diskmap.examples.tasks;

import io.diskmap.StorageManager;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.catalog.TaskRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What a worker runs when a task has ended: streams the task's output directory to the master and
 * enters it in the catalogue.
 *
 * <p>It may be run again after a failure or a kill, and sends what is missing.
 */
public final class CollectMain {
  private CollectMain() {}

  /** Arguments: directory, user, task name, submission time as in ISO 8601, task id. */
  public static void main(String[] args) throws IOException {
    try (StorageManager storages = StorageManager.fromEnvironment();
        TaskFiles catalogue =
            TaskFiles.on(storages.workspace().scoped("tasks"))
                .store(System.getenv("CATALOGUE"))
                .open()) {
      TaskRecord task =
          catalogue.collect(Path.of(args[0]), args[1], args[2], Instant.parse(args[3]), args[4]);
      System.out.println("collected " + task.files() + " files to " + task.storagePath());
    }
  }
}
