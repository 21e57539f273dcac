package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ChecksumAlgorithm;
import io.diskmap.CleanupReport;
import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A disk that can only be read, filled through another one that can write the same files: all that
 * reads and lists does so, and every change is refused and touches nothing.
 *
 * <p>The places of its harness have a {@link DiskPlace#writableJson}. What refuses is the option
 * {@code read_only}, see {@link ReadOnlyHarness}, or the store itself, of which the driver learns
 * by the refusal.
 */
@Timeout(300)
@ExtendWith(ContractExtension.class)
public interface ReadOnlyContract
    extends HarnessedContract, ReadContract, DownloadFileContract, ListContract {
  /** A call that would change the disk. */
  @FunctionalInterface
  interface Change {
    /** Makes the change; a report of what could not be deleted is a refusal too. */
    Object make(Storage storage) throws Exception;
  }

  /** Every change of an existing file, of a new one and of a prefix. */
  static Map<String, Change> changes(TestDisk disk) throws Exception {
    byte[] large = Data.of(3, 3 * disk.chunkSize());
    SaveOptions options = SaveOptions.defaults();
    Map<String, Change> changes = new LinkedHashMap<>();
    changes.put("a small save", s -> s.save("d/new", Content.of("x")));
    changes.put("a save over a file", s -> s.save("d/f", Content.of("x")));
    changes.put("a save in a new directory", s -> s.save("deep/er/new", Content.of("x")));
    changes.put("a large save", s -> s.save("d/new", Content.of(large)));
    changes.put(
        "a stream", s -> s.save("d/new", Content.of(new ByteArrayInputStream(large)), options));
    changes.put("a new file", s -> s.save("d/new", Content.of("x"), SaveOptions.ifAbsent()));
    changes.put(
        "attributes",
        s -> s.save("d/new", Content.of("x"), options.withAttributes(Map.of("k", "v"))));
    changes.put("an upload", s -> upload(s, large));
    changes.put(
        "a writer",
        s -> {
          s.write("d/new", options, out -> out.write(large));
          return s;
        });
    changes.put("a delete", s -> s.delete("d/f"));
    changes.put("a delete of a prefix", s -> s.deletePrefix("d"));
    changes.put("a delete of everything", s -> s.deleteAll(DeleteOptions.defaults()));
    changes.put("a copy", s -> s.copy("d/f", "d/g", options));
    changes.put("a copy over a file", s -> s.copy("d/f", "e/f", options));
    changes.put("a move", s -> s.move("d/f", "d/g", options));
    changes.put("a move over a file", s -> s.move("d/f", "e/f", options));
    changes.put("a clean-up", s -> s.cleanup("d", Duration.ZERO, false));
    return changes;
  }

  private static FileMetadata upload(Storage storage, byte[] content) throws Exception {
    try (Upload upload = storage.beginUpload("d/new", SaveOptions.defaults())) {
      upload.write(0, TestDisk.chunk(content, upload.chunkSize(), 0));
      return upload.commit(upload.chunkSize());
    }
  }

  @Test
  @Clause({"S2", "D4", "C2"})
  default void every_change_of_a_disk_for_reading_is_refused_and_touches_nothing(TestDisk disk)
      throws Exception {
    disk.save("d/f", "content");
    disk.save("e/f", "other");
    Map<String, Change> changes = changes(disk);
    Map<String, byte[]> before = files(disk);
    for (Map.Entry<String, Change> change : changes.entrySet()) {
      assertThat(refusal(disk.storage(), change.getValue()))
          .as(change.getKey())
          .isIn(ErrorKind.READ_ONLY, ErrorKind.PERMISSION_DENIED);
      assertThat(disk.text("d/f")).as("after %s", change.getKey()).isEqualTo("content");
      assertThat(disk.names("")).as("after %s", change.getKey()).containsExactly("d/f", "e/f");
      requireSame(change.getKey(), before, files(disk));
    }
    assertThat(disk.staged()).isEmpty();
  }

  /** The kind of the refusal; of the first file where a report tells of what stayed. */
  private static ErrorKind refusal(Storage storage, Change change) throws Exception {
    Object answer;
    try {
      answer = change.make(storage);
    } catch (Exception e) {
      return Failures.storageException(e).kind();
    }
    DeleteReport report = answer instanceof CleanupReport cleanup ? cleanup.deleted() : null;
    if (answer instanceof DeleteReport deleted) {
      report = deleted;
    }
    if (report != null && !report.failures().isEmpty()) {
      assertThat(report.files()).isZero();
      return report.failures().get(0).error().kind();
    }
    throw new AssertionError("The change was not refused: " + answer);
  }

  @Test
  @Clause({"D1", "D5"})
  default void what_changes_nothing_is_answered_or_refused_without_a_trace(TestDisk disk)
      throws Exception {
    disk.save("d/f", "content");
    Map<String, byte[]> before = files(disk);
    Storage storage = disk.storage();
    for (Change change :
        List.<Change>of(
            s -> s.delete("d/missing"),
            s -> s.deletePrefix("missing"),
            s -> s.deletePrefix("d", DeleteOptions.defaults().withDryRun()),
            s -> s.cleanup("d", Duration.ZERO, true))) {
      try {
        change.make(storage);
      } catch (StorageException e) {
        assertThat(e.kind()).isIn(ErrorKind.READ_ONLY, ErrorKind.PERMISSION_DENIED);
      }
    }
    requireSame("calls that change nothing", before, files(disk));
  }

  @Test
  @Clause({"M1", "M2"})
  default void what_was_kept_beside_a_file_is_read(TestDisk disk) throws Exception {
    byte[] content = Data.of(7, 4000);
    SaveOptions options =
        SaveOptions.contentType("text/x-special")
            .withAttributes(Map.of("patient", "n° 7"))
            .withSha256();
    FileMetadata saved = disk.writable().save("d/f", Content.of(content), options);
    FileMetadata now = disk.storage().metadata("d/f");
    assertThat(now.size()).isEqualTo(4000);
    assertThat(now.modified()).isEqualTo(saved.modified());
    assertThat(now.versionTag().value()).isEqualTo(saved.versionTag().value());
    assertThat(now.contentType()).contains("text/x-special");
    assertThat(now.attributes()).isEqualTo(Map.of("patient", "n° 7"));
    assertThat(now.checksum(ChecksumAlgorithm.SHA256)).contains(SaveContract.sha256(content));
    disk.writable().save("d/f", Content.of("new"));
    assertThat(disk.storage().metadata("d/f").attributes()).isEmpty();
    assertThat(disk.text("d/f")).isEqualTo("new");
  }

  @Test
  @Clause("E2")
  default void the_health_of_a_disk_for_reading_is_told_without_a_write(TestDisk disk)
      throws Exception {
    disk.save("d/f", "content");
    Map<String, byte[]> before = files(disk);
    Health health = disk.storage().health();
    assertThat(health.healthy() || health.problem().filter(ReadOnlyContract::isRefusal).isPresent())
        .as("%s", health)
        .isTrue();
    disk.capabilities();
    requireSame("health and capabilities", before, files(disk));
  }

  /** A disk that is not declared to be read-only says that it cannot be written. */
  private static boolean isRefusal(StorageException problem) {
    return problem.kind() == ErrorKind.READ_ONLY || problem.kind() == ErrorKind.PERMISSION_DENIED;
  }

  /** Everything in the store, hidden records too; the files alone where there is no way behind. */
  private static Map<String, byte[]> files(TestDisk disk) throws Exception {
    Map<String, byte[]> found = new TreeMap<>();
    if (disk.place().directory().isEmpty()) {
      for (String path : TestDisk.names(disk.writable(), "")) {
        found.put(path, TestDisk.bytes(disk.writable(), path));
      }
      return found;
    }
    Path root = disk.place().directory().get();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.toList()) {
        found.put(root.relativize(each).toString(), content(each));
      }
    }
    return found;
  }

  private static byte[] content(Path file) throws IOException {
    return Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
  }

  private static void requireSame(
      String what, Map<String, byte[]> before, Map<String, byte[]> now) {
    assertThat(now.keySet()).as("names after %s", what).isEqualTo(before.keySet());
    now.forEach(
        (path, bytes) ->
            assertThat(Arrays.equals(bytes, before.get(path)))
                .as("%s is as it was before %s", path, what)
                .isTrue());
  }
}
