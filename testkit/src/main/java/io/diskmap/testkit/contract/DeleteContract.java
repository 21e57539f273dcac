package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.ListOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Deleting: files, prefixes, everything, on condition (D1 to D6, D8). */
public interface DeleteContract {
  @Test
  @Clause("D1")
  default void deleting_a_missing_file_is_success(TestDisk disk) throws Exception {
    disk.save("d/f", "x");
    for (String path : List.of("missing", "d", "d/missing", "d/f/g", "x/y/z")) {
      assertThat(disk.storage().delete(path)).as(path).isFalse();
    }
    assertThat(disk.names("")).containsExactly("d/f");
    assertThat(disk.storage().delete("d/f")).isTrue();
    assertThat(disk.storage().delete("d/f")).isFalse();
    assertThat(disk.names("")).isEmpty();
    assertThat(disk.storage().deletePrefix("missing/prefix").files()).isZero();
  }

  @Test
  @Clause("D2")
  default void a_prefix_spares_its_siblings(TestDisk disk) throws Exception {
    List<String> spared = List.of("a/b-/x", "a/b.txt", "a/bc", "a/bc2/d", "aa/b/c", "b/a/b");
    ListContract.saveAll(disk, spared);
    ListContract.saveAll(disk, List.of("a/b/1", "a/b/c/2", "a/b/c/d/e/3", "a/b/b/b"));
    DeleteReport report = disk.storage().deletePrefix("a/b");
    assertThat(report.files()).isEqualTo(4);
    assertThat(report.isComplete()).isTrue();
    assertThat(disk.names("")).containsExactlyElementsOf(spared);
  }

  @Test
  @Clause("D2")
  default void a_prefix_that_is_a_file_deletes_nothing(TestDisk disk) throws Exception {
    disk.save("a/b", "file");
    DeleteReport report = disk.storage().deletePrefix("a/b");
    assertThat(report.files()).isZero();
    assertThat(disk.text("a/b")).isEqualTo("file");
  }

  @Test
  @Clause("D3")
  default void an_empty_prefix_is_refused_and_delete_all_is_its_own_call(TestDisk disk)
      throws Exception {
    ListContract.saveAll(disk, List.of("a", "b/c", "b/d/e"));
    assertThat(Failures.kindOf(() -> disk.storage().deletePrefix("")))
        .isEqualTo(ErrorKind.PATH_INVALID);
    assertThat(disk.names("")).hasSize(3);
    DeleteReport all = disk.storage().deleteAll(DeleteOptions.defaults());
    assertThat(all.files()).isEqualTo(3);
    assertThat(disk.names("")).isEmpty();
    assertThat(disk.storage().deleteAll(DeleteOptions.defaults()).files()).isZero();
    disk.save("after", "x");
    assertThat(disk.names("")).containsExactly("after");
  }

  @Test
  @Clause("D4")
  default void a_report_counts_files_and_bytes(TestDisk disk) throws Exception {
    long bytes = 0;
    for (int i = 0; i < 260; i++) {
      disk.save("d/" + i % 7 + "/" + i, Data.of(i, i));
      bytes += i;
    }
    DeleteReport report = disk.storage().deletePrefix("d");
    assertThat(report).isEqualTo(new DeleteReport(260, bytes, 0, List.of(), false));
    assertThat(disk.storage().deletePrefix("d"))
        .isEqualTo(new DeleteReport(0, 0, 0, List.of(), false));
  }

  @Test
  @Clause("D4")
  default void two_deletes_of_one_prefix_finish_the_job_together(TestDisk disk) throws Exception {
    ListContract.saveAll(disk, IntStream.range(0, 200).mapToObj(i -> "d/" + i).toList());
    try (Race race = new Race(2)) {
      List<DeleteReport> reports = race.round(number -> disk.storage().deletePrefix("d"));
      assertThat(reports).allMatch(DeleteReport::isComplete);
      assertThat(reports.get(0).files() + reports.get(1).files()).isGreaterThanOrEqualTo(200);
    }
    assertThat(disk.names("")).isEmpty();
  }

  @Test
  @Clause("D5")
  default void a_dry_run_counts_and_deletes_nothing(TestDisk disk) throws Exception {
    ListContract.saveAll(disk, List.of("d/1", "d/e/22", "f"));
    DeleteOptions dry = DeleteOptions.defaults().withDryRun();
    assertThat(disk.storage().deletePrefix("d", dry))
        .isEqualTo(new DeleteReport(2, 9, 0, List.of(), true));
    assertThat(disk.storage().deleteAll(dry))
        .isEqualTo(new DeleteReport(3, 10, 0, List.of(), true));
    assertThat(disk.names("")).containsExactly("d/1", "d/e/22", "f");
  }

  @Test
  @Clause("D6")
  default void empty_parents_disappear(TestDisk disk) throws Exception {
    ListContract.saveAll(disk, List.of("a/b/c/d/1", "a/2", "x/y/3", "p/q/r/4", "p/q/5"));
    disk.storage().delete("a/b/c/d/1");
    disk.storage().delete("x/y/3");
    disk.storage().deletePrefix("p/q/r");
    assertThat(disk.names("", ListOptions.defaults().withOneLevel())).containsExactly("a", "p");
    assertThat(disk.names("a", ListOptions.defaults().withOneLevel())).containsExactly("a/2");
    assertThat(disk.names("p/q", ListOptions.defaults().withOneLevel())).containsExactly("p/q/5");
    disk.storage().move("p/q/5", "moved", io.diskmap.SaveOptions.defaults());
    disk.storage().delete("a/2");
    assertThat(disk.names("", ListOptions.defaults().withOneLevel())).containsExactly("moved");
    disk.save("a", "the name is free");
    disk.save("p", "the name is free");
  }

  @Test
  @Clause("D6")
  default void a_saver_and_a_pruner_that_race_lose_nothing(TestDisk disk) throws Exception {
    try (Race race = new Race(4)) {
      for (int round = 0; round < 60; round++) {
        String directory = "r" + round % 3 + "/s/t";
        disk.save(directory + "/old", "old");
        race.round(
            number -> {
              if (number < 2) {
                disk.save(directory + "/new" + number, "new " + number);
              } else {
                disk.storage().delete(directory + "/old");
              }
              return null;
            });
        assertThat(disk.names("")).containsExactly(directory + "/new0", directory + "/new1");
        assertThat(disk.text(directory + "/new0")).isEqualTo("new 0");
        disk.storage().delete(directory + "/new0");
        disk.storage().delete(directory + "/new1");
      }
    }
  }

  @Test
  @Clause("D8")
  default void a_delete_of_another_version_is_refused(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    disk.save("f", "one");
    VersionTag one = disk.tag("f");
    disk.save("f", "two");
    assertThat(
            Failures.kindOf(() -> storage.delete("f", DeleteOptions.defaults().withIfMatch(one))))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    assertThat(disk.text("f")).isEqualTo("two");
    if (disk.capabilities().strongTags()) {
      VersionTag two = disk.tag("f");
      assertThat(storage.delete("f", DeleteOptions.defaults().withIfMatch(two))).isTrue();
      assertThat(storage.exists("f")).isFalse();
      assertThat(storage.delete("f", DeleteOptions.defaults().withIfMatch(two))).isFalse();
    }
    assertThat(disk.names("")).doesNotContain("f.diskmap");
  }

  @Test
  @Clause("D8")
  default void a_delete_on_condition_never_takes_a_newer_file(TestDisk disk) throws Exception {
    long start = System.nanoTime();
    Duration enough = Duration.ofSeconds(10);
    try (Race race = new Race(3)) {
      for (int round = 0; round < 40 && System.nanoTime() - start < enough.toNanos(); round++) {
        String content = "newer " + round;
        disk.save("d/f", "older");
        VersionTag older = disk.tag("d/f");
        race.round(
            number -> {
              if (number == 0) {
                disk.save("d/f", content);
              } else {
                try {
                  disk.storage().delete("d/f", DeleteOptions.defaults().withIfMatch(older));
                } catch (StorageException e) {
                  assertThat(e.kind()).isEqualTo(ErrorKind.PRECONDITION_FAILED);
                }
              }
              return null;
            });
        assertThat(disk.text("d/f")).as("round %d", round).isEqualTo(content);
      }
    }
  }

  @Test
  @Clause("D8")
  default void a_delete_on_condition_keeps_a_file_readable_that_it_does_not_take(TestDisk disk)
      throws Exception {
    disk.save("f", "stays");
    VersionTag stale = disk.tag("f");
    disk.storage().save("f", Content.of("stays!"));
    try (Race race = new Race(2)) {
      race.round(
          number -> {
            for (int i = 0; i < 40; i++) {
              if (number == 0) {
                assertThat(
                        Failures.kindOf(
                            () ->
                                disk.storage()
                                    .delete("f", DeleteOptions.defaults().withIfMatch(stale))))
                    .isEqualTo(ErrorKind.PRECONDITION_FAILED);
              } else {
                assertThat(disk.storage().exists("f")).isTrue();
              }
            }
            return null;
          });
    }
    assertThat(disk.text("f")).isEqualTo("stays!");
  }
}
