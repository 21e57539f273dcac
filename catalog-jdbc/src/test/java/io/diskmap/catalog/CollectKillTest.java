package io.diskmap.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.StorageManager;
import io.diskmap.testkit.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collectors that are killed at random moments show nothing in part, and the next one goes on. */
final class CollectKillTest {
  private static final int KILLS = Integer.getInteger("diskmap.catalogue.kills", 6);
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int LARGE = 4;
  private static final int SMALL = 60;

  @TempDir Path temp;
  private Path root;
  private Path database;
  private Path output;

  private ChildJvm start(String task) throws IOException {
    return ChildJvm.of(CollectMain.class)
        .arguments(root.toString(), database.toString(), output.toString(), task)
        .start();
  }

  private List<String> visible() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .filter(name -> !name.contains(".diskmap"))
          .sorted()
          .toList();
    }
  }

  @Test
  void a_task_is_shown_whole_or_not_at_all_whenever_its_collector_dies() throws Exception {
    root = Files.createDirectory(temp.resolve("root"));
    database = temp.resolve("db");
    output = Files.createDirectories(temp.resolve("output/d")).getParent();
    Random random = new Random(11);
    for (int i = 0; i < LARGE; i++) {
      byte[] content = new byte[8_000_000 + i];
      random.nextBytes(content);
      Files.write(output.resolve("large" + i), content);
    }
    for (int i = 0; i < SMALL; i++) {
      Files.writeString(output.resolve("d/small%02d".formatted(i)), "content " + i);
    }
    int cutOff = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      try (ChildJvm child = start("t")) {
        child.awaitLine("collecting", LONG);
        LockSupport.parkNanos(random.nextInt(700) * 1_000_000L);
        child.kill9();
        cutOff += child.output().contains("done") ? 0 : 1;
      }
      check();
    }
    assertThat(cutOff).as("collectors that died before their end").isPositive();
    try (ChildJvm child = start("t")) {
      child.awaitLine("done", LONG);
      child.awaitSuccess(LONG);
    }
    check();
    assertThat(visible()).hasSize(LARGE + SMALL);
    for (int i = 0; i < LARGE; i++) {
      assertThat(root.resolve("ann/n/1970-01-01_00-00-00/t/large" + i))
          .hasSameBinaryContentAs(output.resolve("large" + i));
    }
  }

  /** A task that is shown has all its files, each as it was. */
  private void check() throws Exception {
    try (StorageManager storages = StorageManager.open(CollectMain.map(root.toString()));
        TaskFiles catalogue = TaskFiles.on(storages.workspace()).directory(database).open()) {
      UserFiles files = catalogue.forUser("ann");
      for (TaskRecord task : files.tasks(TaskQuery.all()).tasks()) {
        assertThat(task.files()).isEqualTo(LARGE + SMALL);
        for (TaskFile file : files.files(task.taskId(), 0, 1000).files()) {
          assertThat(FileSums.of(root.resolve(file.storagePath())).sha256())
              .isEqualTo(file.sha256().hex());
        }
      }
    }
  }
}
