package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.CleanupOptions;
import io.diskmap.CleanupReport;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.StorageManager;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.Strace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clean-up that is killed in the middle leaves whole files, and the next one ends the job. */
final class CleanupKillTest {
  private static final int FILES = 20_000;

  /** Makes each delete take so long that there is time for the kill. */
  private static final Strace SLOW = Strace.delaying(Duration.ofMillis(1), Strace.UNLINKS);

  @TempDir Path root;

  /** What a listing shows; one file more is hidden where the kill met the middle of its delete. */
  private long old() throws Exception {
    Path tmp = root.resolve("tmp/old");
    if (!Files.exists(tmp)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(tmp)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".diskmap")).count();
    }
  }

  @Test
  void the_next_run_goes_on_where_a_killed_one_ended() throws Exception {
    FileTime hoursAgo = FileTime.from(Instant.now().minus(Duration.ofHours(6)));
    Files.createDirectories(root.resolve("tmp/old"));
    for (int i = 0; i < FILES; i++) {
      Path file = Files.writeString(root.resolve("tmp/old/f%06d".formatted(i)), "old");
      Files.setLastModifiedTime(file, hoursAgo);
    }
    DiskMap map =
        DiskMap.builder().disk("workspace", "local", Map.of("root", root.toString())).build();
    try (StorageManager storages = StorageManager.open(map)) {
      try (ChildJvm child =
          ChildJvm.of(CleanupMain.class).prefix(SLOW.prefix()).arguments(root.toString()).start()) {
        child.awaitLine("cleaning", Duration.ofSeconds(60));
        storages.workspace().save("tmp/old/f010000", Content.of("saved meanwhile"));
        Eventually.holds("deletes under way", Duration.ofSeconds(60), () -> old() < FILES - 100);
        child.kill9();
        assertThat(child.output()).doesNotContain("done");
      }
      long left = old();
      assertThat(left).isBetween(1L, FILES - 100L);
      CleanupReport report = storages.workspace().cleanup("tmp", CleanupOptions.defaults());

      assertThat(report.isComplete()).isTrue();
      assertThat(report.deleted().files()).isEqualTo(left - 1);
      assertThat(old()).isEqualTo(1);
      assertThat(root.resolve("tmp/old/f010000")).hasContent("saved meanwhile");
    }
  }
}
