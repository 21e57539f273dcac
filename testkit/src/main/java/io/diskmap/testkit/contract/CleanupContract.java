package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.CleanupReport;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.Upload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Clean-up by age: counts, dry runs, and never a file that was saved after it began (D5, D8, S2).
 */
public interface CleanupContract {
  /**
   * Waits until files saved so far are older than files saved from now on, and have strong tags.
   */
  private static void age(TestDisk disk, List<String> paths) throws Exception {
    Instant newest = Instant.EPOCH;
    for (String path : paths) {
      Instant modified = disk.settled(path).modified();
      newest = modified.isAfter(newest) ? modified : newest;
    }
    disk.awaitStoreTimeAfter(newest);
  }

  @Test
  @Clause({"D5", "D8"})
  default void a_dry_cleanup_counts_and_deletes_nothing(TestDisk disk) throws Exception {
    List<String> paths = List.of("a/1", "a/2", "b/3");
    ListContract.saveAll(disk, paths);
    age(disk, paths);
    CleanupReport report = disk.storage().cleanup("a", Duration.ZERO, true);
    assertThat(report.deleted().files()).isEqualTo(2);
    assertThat(report.deleted().bytes()).isEqualTo(6);
    assertThat(report.deleted().dryRun()).isTrue();
    assertThat(disk.names("")).containsExactlyElementsOf(paths);
  }

  @Test
  @Clause("D8")
  default void a_cleanup_deletes_what_is_older_below_its_prefix(TestDisk disk) throws Exception {
    List<String> paths = List.of("a/1", "a/2/3", "ab/4", "b/5");
    ListContract.saveAll(disk, paths);
    age(disk, paths);
    assertThat(disk.storage().cleanup("a", Duration.ofHours(4), false).kept()).isEqualTo(2);
    assertThat(disk.names("")).hasSize(4);
    CleanupReport report = disk.storage().cleanup("a", Duration.ZERO, false);
    assertThat(report.deleted().files()).isEqualTo(2);
    assertThat(report.deleted().isComplete()).isTrue();
    assertThat(disk.names("")).containsExactly("ab/4", "b/5");
    assertThat(disk.storage().cleanup("a", Duration.ZERO, false).deleted().files()).isZero();
    assertThat(disk.storage().cleanup("", Duration.ZERO, false).deleted().files()).isEqualTo(2);
    assertThat(disk.names("")).isEmpty();
  }

  @Test
  @Clause("D8")
  default void a_cleanup_keeps_what_is_saved_after_it_began(TestDisk disk) throws Exception {
    for (int i = 0; i < 60; i++) {
      disk.save("d/%03d".formatted(i), "old");
    }
    age(disk, List.of("d/059"));
    AtomicBoolean done = new AtomicBoolean();
    try (Race race = new Race(1)) {
      Future<Map<String, Instant>> saver =
          race.begin(
              () -> {
                Map<String, Instant> saved = new HashMap<>();
                for (int i = 59; !done.get() || saved.size() < 60; i = (i + 59) % 60) {
                  String path = "d/%03d".formatted(i);
                  saved.put(path, disk.save(path, "new").modified());
                }
                return saved;
              });
      CleanupReport report = disk.storage().cleanup("d", Duration.ZERO, false);
      done.set(true);
      assertThat(report.deleted().isComplete()).isTrue();
      Map<String, Instant> saved = saver.get();
      List<String> there = disk.names("d");
      saved.forEach(
          (path, modified) -> {
            if (!modified.isBefore(report.newestDeletable())) {
              assertThat(there).as("what was saved meanwhile").contains(path);
            }
          });
    }
  }

  @Test
  @Clause("D8")
  default void two_cleanups_at_once_do_no_harm(TestDisk disk) throws Exception {
    ListContract.saveAll(
        disk, java.util.stream.IntStream.range(0, 80).mapToObj(i -> "d/" + i).toList());
    age(disk, disk.names(""));
    try (Race race = new Race(2)) {
      List<CleanupReport> reports =
          race.round(number -> disk.storage().cleanup("d", Duration.ZERO, false));
      assertThat(reports).allMatch(r -> r.deleted().isComplete());
      assertThat(reports.stream().mapToLong(r -> r.deleted().files()).sum()).isEqualTo(80);
    }
    assertThat(disk.names("")).isEmpty();
  }

  @Test
  @Clause({"S2", "S8"})
  default void a_cleanup_ends_abandoned_uploads_of_the_sweep_age_only(TestDisk disk)
      throws Exception {
    Storage storage = disk.storage();
    String id;
    try (Upload upload = storage.beginUpload("d/f", SaveOptions.defaults())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      id = upload.id();
      upload.detach();
    }
    CleanupReport young = storage.cleanup("", Duration.ZERO, false);
    assertThat(young.abortedUploads()).as("younger than the sweep age").isZero();
    try (Upload upload = storage.resumeUpload(id)) {
      upload.commit(3);
    }
    assertThat(disk.bytes("d/f")).containsExactly(1, 2, 3);
  }

  @Test
  @Clause("S2")
  default void a_negative_age_is_refused(TestDisk disk) throws Exception {
    disk.storage().save("f", Content.of("x"));
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> disk.storage().cleanup("", Duration.ofSeconds(-1), false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(disk.text("f")).isEqualTo("x");
    assertThat(Failures.kindOf(() -> disk.storage().asReadOnly().cleanup("", Duration.ZERO, false)))
        .isEqualTo(ErrorKind.READ_ONLY);
  }
}
