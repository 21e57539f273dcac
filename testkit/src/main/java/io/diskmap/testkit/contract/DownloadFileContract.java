package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Cancellation;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.DownloadReport.Verification;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Downloads to a local file: atomic, resumed, verified (R4). */
public interface DownloadFileContract {
  /** The names in a local directory. */
  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  @Clause("R4")
  default void a_download_makes_the_local_file_and_its_parents(TestDisk disk) throws Exception {
    byte[] content = Data.of(1, 2 * disk.chunkSize() + 9);
    FileMetadata saved = disk.save("f", content);
    Path target = disk.temp().resolve("new/dir/file");
    DownloadReport report = disk.storage().downloadTo("f", target);
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    assertThat(report.bytes()).isEqualTo(content.length);
    assertThat(report.resumedAt()).isZero();
    assertThat(report.metadata().versionTag().value()).isEqualTo(saved.versionTag().value());
    assertThat(names(target.getParent())).containsExactly("file");
    disk.save("empty", "");
    disk.storage().downloadTo("empty", target);
    assertThat(target).isEmptyFile();
  }

  @Test
  @Clause("R4")
  default void a_download_replaces_the_local_file_in_one_step(TestDisk disk) throws Exception {
    Path target = disk.temp().resolve("file");
    Files.writeString(target, "old local content");
    try (var open = Files.newInputStream(target)) {
      disk.save("f", "new");
      disk.storage().downloadTo("f", target);
      assertThat(new String(open.readAllBytes())).isEqualTo("old local content");
    }
    assertThat(Files.readString(target)).isEqualTo("new");
    assertThat(names(disk.temp())).containsExactly("file");
  }

  @Test
  @Clause("R4")
  default void a_download_that_fails_leaves_the_old_local_file(TestDisk disk) throws Exception {
    Path target = disk.temp().resolve("file");
    Files.writeString(target, "old local content");
    byte[] content = Data.of(2, disk.chunkSize() + 1);
    disk.save("f", content);
    byte[] other = Data.of(3, disk.chunkSize() + 1);
    for (var wrong : List.of(SaveContract.crc32c(other), SaveContract.sha256(other))) {
      DownloadOptions options = DownloadOptions.defaults().withExpectedChecksum(wrong);
      assertThat(Failures.kindOf(() -> disk.storage().downloadTo("f", target, options)))
          .isEqualTo(ErrorKind.CHECKSUM_MISMATCH);
    }
    assertThat(Failures.kindOf(() -> disk.storage().downloadTo("missing", target)))
        .isEqualTo(ErrorKind.NOT_FOUND);
    DownloadOptions otherVersion =
        DownloadOptions.defaults().withIfMatch(VersionTag.strong("other"));
    assertThat(Failures.kindOf(() -> disk.storage().downloadTo("f", target, otherVersion)))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    Cancellation cancelled = Cancellation.create();
    cancelled.cancel();
    assertThat(
            Failures.kindOf(
                () ->
                    disk.storage()
                        .downloadTo(
                            "f", target, DownloadOptions.defaults().withCancellation(cancelled))))
        .isEqualTo(ErrorKind.CANCELLED);
    assertThat(Files.readString(target)).isEqualTo("old local content");
    disk.storage().downloadTo("f", target);
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    assertThat(names(disk.temp())).containsExactly("file");
  }

  @Test
  @Clause("R4")
  default void a_local_directory_is_never_replaced(TestDisk disk) throws Exception {
    disk.save("f", "x");
    Path target = Files.createDirectory(disk.temp().resolve("directory"));
    assertThat(Failures.kindOf(() -> disk.storage().downloadTo("f", target)))
        .isEqualTo(ErrorKind.LOCAL_IO);
    assertThat(target).isEmptyDirectory();
  }

  @Test
  @Clause("R4")
  default void a_download_says_what_it_verified(TestDisk disk) throws Exception {
    byte[] content = Data.of(4, disk.chunkSize() + 1);
    Path target = disk.temp().resolve("file");
    disk.writable().save("sums", Content.of(content), SaveOptions.defaults().withSha256());
    assertThat(disk.storage().downloadTo("sums", target).verified())
        .isEqualTo(Verification.CHECKSUM);
    disk.save("plain", content);
    boolean recorded =
        disk.storage().metadata("plain").checksum(ChecksumAlgorithm.CRC32C).isPresent();
    assertThat(disk.storage().downloadTo("plain", target).verified())
        .isEqualTo(recorded ? Verification.CHECKSUM : Verification.LENGTH);
    DownloadOptions expected =
        DownloadOptions.defaults().withExpectedChecksum(SaveContract.sha256(content));
    assertThat(disk.storage().downloadTo("plain", target, expected).verified())
        .isEqualTo(Verification.CHECKSUM);
  }

  @Test
  @Clause({"R3", "R4"})
  default void a_download_goes_on_with_its_own_partial_file(TestDisk disk) throws Exception {
    int size = 32 * 1024 * 1024;
    byte[] content = Data.of(5, size);
    disk.save("f", content);
    boolean strong = disk.settled("f").versionTag().strong();
    Path target = disk.temp().resolve("file");
    cutShort(disk, target);
    DownloadReport report = disk.storage().downloadTo("f", target);
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    if (strong) {
      assertThat(report.resumedAt()).isPositive();
    } else {
      assertThat(report.resumedAt()).isZero();
    }
    assertThat(names(disk.temp())).containsExactly("file");
  }

  @Test
  @Clause({"R3", "R4"})
  default void a_partial_file_of_another_version_is_not_used(TestDisk disk) throws Exception {
    disk.save("f", Data.of(6, 32 * 1024 * 1024));
    disk.settled("f");
    Path target = disk.temp().resolve("file");
    cutShort(disk, target);
    byte[] content = Data.of(7, 32 * 1024 * 1024);
    disk.save("f", content);
    disk.settled("f");
    assertThat(disk.storage().downloadTo("f", target).resumedAt()).isZero();
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
  }

  /** Downloads until one attempt was cancelled with some of its bytes in the partial file. */
  private static void cutShort(TestDisk disk, Path target) throws Exception {
    try (Race race = new Race(1)) {
      for (int attempt = 0; attempt < 200; attempt++) {
        Cancellation cancellation = Cancellation.create();
        Future<Boolean> watcher =
            race.begin(
                () -> {
                  boolean some =
                      Eventually.within(
                          Duration.ofSeconds(30),
                          () -> partial(disk.temp()) > 0 || Files.exists(target));
                  cancellation.cancel();
                  return some;
                });
        try {
          disk.storage()
              .downloadTo("f", target, DownloadOptions.defaults().withCancellation(cancellation));
        } catch (StorageException e) {
          assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED);
        }
        watcher.get();
        if (!Files.deleteIfExists(target) && partial(disk.temp()) > 0) {
          return;
        }
      }
    }
    throw new AssertionError("No download was ever cancelled in its middle.");
  }

  private static long partial(Path directory) throws IOException {
    long bytes = 0;
    for (String name : names(directory)) {
      if (name.startsWith(".diskmap")) {
        bytes += size(directory.resolve(name));
      }
    }
    return bytes;
  }

  /** The size of a file that may get its final name at any moment; 0 once it is gone. */
  private static long size(Path partial) throws IOException {
    try {
      return Files.size(partial);
    } catch (NoSuchFileException renamed) {
      return 0;
    }
  }
}
