package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StoragePath;
import io.diskmap.spi.StorageWriter;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.Strace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixDeleteTest {
  @TempDir Path temp;

  /** Deletes a prefix and prints its report. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      try (Opened opened = Opened.at(Path.of(arguments[0]))) {
        DeleteReport report = opened.driver.deletePrefix(StoragePath.of("d"), false, Opened.call());
        System.out.printf("gone %d failed %d%n", report.files(), report.failed());
        for (DeleteReport.Failure failure : report.failures()) {
          System.out.println("failure " + failure.path() + " " + failure.error().kind());
        }
        System.out.println("end");
      }
    }
  }

  @Test
  void what_cannot_be_deleted_is_named_and_the_rest_goes() throws Exception {
    for (String directory : List.of("d/good", "d/bad", "d/good/deep")) {
      Files.createDirectories(temp.resolve(directory));
      for (int i = 0; i < 600; i++) {
        Files.createFile(temp.resolve(directory).resolve("f" + i));
      }
    }
    Strace denied =
        Strace.failing("EACCES", List.of("unlinkat")).onlyOn(temp.toRealPath().resolve("d/bad"));
    try (ChildJvm child =
        ChildJvm.of(Child.class).prefix(denied.prefix()).arguments(temp.toString()).start()) {
      assertThat(child.awaitLine("gone ", Duration.ofSeconds(60)))
          .isEqualTo("gone 1200 failed 600");
      assertThat(child.awaitLine("failure ", Duration.ofSeconds(60)))
          .startsWith("failure d/bad/f")
          .endsWith(ErrorKind.PERMISSION_DENIED.name());
      child.awaitLine("end", Duration.ofSeconds(60));
    }
    assertThat(temp.resolve("d/good")).doesNotExist();
    try (Opened opened = Opened.at(temp)) {
      DeleteReport again = opened.driver.deletePrefix(StoragePath.of("d"), false, Opened.call());
      assertThat(again.files()).isEqualTo(600);
      assertThat(temp.resolve("d")).doesNotExist();
    }
  }

  @Test
  void a_save_on_its_way_is_not_pulled_away_and_an_orphan_is() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("d/e/f", "x");
      Path orphan = temp.resolve("d/e").resolve(StagedNames.of("0".repeat(32)));
      Files.writeString(orphan, "x");
      Files.setLastModifiedTime(orphan, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
      try (StorageWriter writer =
          opened.driver.openWrite(StoragePath.of("d/e/new"), Opened.request())) {
        opened.driver.deletePrefix(StoragePath.of("d"), false, Opened.call());
        assertThat(temp.resolve("d/e/f")).doesNotExist();
        assertThat(orphan).doesNotExist();
        writer.commit(Opened.commit(0));
      }
      assertThat(opened.names()).containsExactly("d/e/new");
    }
  }

  @Test
  void a_dry_run_counts_and_touches_nothing() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("d/one", "12345");
      opened.put("d/e/two", "678");
      DeleteReport report = opened.driver.deletePrefix(StoragePath.of("d"), true, Opened.call());
      assertThat(report.files()).isEqualTo(2);
      assertThat(report.bytes()).isEqualTo(8);
      assertThat(opened.names()).containsExactly("d/e/two", "d/one");
    }
  }

  @Test
  void everything_goes_but_the_disks_own_records() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("d/one", "x");
      opened.put("two", "x");
      Files.createDirectory(temp.resolve(".diskmap-by-hand"));
      opened.driver.deletePrefix(StoragePath.root(), false, Opened.call());
      try (var left = Files.list(temp)) {
        assertThat(left).containsExactly(temp.resolve(StateDir.NAME));
      }
    }
  }
}
