package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.process.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Disks that several processes reach: what one does another sees, resumes, and bounds in memory.
 */
public interface ProcessContract extends StorageContract, KillContract {
  @Test
  @Clause("E1")
  default void what_one_manager_does_another_sees_at_once(TestDisk disk) throws Exception {
    try (StorageManager manager = disk.open()) {
      Storage other = manager.disk(TestDisk.NAME);
      for (int i = 0; i < 20; i++) {
        assertThat(other.exists("d/f" + i)).isFalse();
        FileMetadata saved = disk.save("d/f" + i, "content " + i);
        assertThat(TestDisk.bytes(other, "d/f" + i)).asString().isEqualTo("content " + i);
        assertThat(other.metadata("d/f" + i).versionTag().value())
            .isEqualTo(saved.versionTag().value());
        other.save("d/f" + i, Content.of("other"));
        assertThat(disk.text("d/f" + i)).isEqualTo("other");
        other.delete("d/f" + i);
        assertThat(disk.storage().exists("d/f" + i)).isFalse();
      }
    }
  }

  @Test
  @Clause({"S7", "S8"})
  default void an_upload_goes_on_in_another_manager(TestDisk disk) throws Exception {
    int chunk = disk.chunkSize();
    byte[] content = Data.of(1, 3 * chunk + 1);
    String id;
    try (StorageManager first = disk.open()) {
      Upload upload = first.disk(TestDisk.NAME).beginUpload("f", disk.newFile());
      upload.write(chunk, TestDisk.chunk(content, chunk, 1));
      id = upload.id();
      upload.detach();
    }
    FileMetadata saved;
    try (StorageManager second = disk.open()) {
      try (Upload upload = second.disk(TestDisk.NAME).resumeUpload(id)) {
        for (int i : new int[] {3, 0, 2}) {
          upload.write((long) i * chunk, TestDisk.chunk(content, chunk, i));
        }
        saved = upload.commit(content.length);
      }
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
    try (StorageManager third = disk.open();
        Upload upload = third.disk(TestDisk.NAME).resumeUpload(id)) {
      FileMetadata again = upload.commit(content.length);
      assertThat(again.versionTag().value()).isEqualTo(saved.versionTag().value());
    }
  }

  @Test
  @Clause("S3:if-absent")
  default void of_racing_managers_exactly_one_makes_a_new_file(TestDisk disk) throws Exception {
    List<StorageManager> managers = IntStream.range(0, 4).mapToObj(i -> disk.open()).toList();
    try (Race race = new Race(managers.size())) {
      for (int round = 0; round < 40; round++) {
        String path = "race/" + round;
        List<Boolean> won =
            race.round(
                number -> {
                  try {
                    managers
                        .get(number)
                        .disk(TestDisk.NAME)
                        .save(path, Content.of("manager " + number), SaveOptions.ifAbsent());
                    return true;
                  } catch (io.diskmap.StorageException e) {
                    assertThat(e.kind()).isEqualTo(io.diskmap.ErrorKind.ALREADY_EXISTS);
                    return false;
                  }
                });
        assertThat(won).containsOnlyOnce(true);
        assertThat(disk.text(path)).isEqualTo("manager " + won.indexOf(true));
      }
    }
  }

  @Test
  @Clause("S8")
  default void a_sweep_never_touches_an_upload_within_its_age(TestDisk disk) throws Exception {
    try (StorageManager manager = disk.open("\"sweep_age\":\"1h\"");
        Upload upload = disk.storage().beginUpload("d/f", SaveOptions.defaults())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      assertThat(manager.disk(TestDisk.NAME).cleanup("", Duration.ZERO, false).abortedUploads())
          .isZero();
      upload.commit(2);
    }
    assertThat(disk.bytes("d/f")).containsExactly(1, 2);
  }

  @Test
  @Clause({"S2", "S8"})
  default void an_abandoned_upload_is_swept_after_its_age(TestDisk disk) throws Exception {
    String id;
    try (Upload upload = disk.storage().beginUpload("d/f", SaveOptions.defaults())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      id = upload.id();
      upload.detach();
    }
    assertThat(disk.staged()).isNotEmpty();
    try (StorageManager manager = disk.open("\"sweep_age\":\"0s\"")) {
      Storage sweeping = manager.disk(TestDisk.NAME);
      io.diskmap.testkit.invariant.Eventually.holds(
          "the upload is swept",
          () -> {
            sweeping.cleanup("", Duration.ZERO, false);
            return disk.staged().isEmpty();
          });
    }
    assertThat(Failures.kindOf(() -> disk.storage().resumeUpload(id)))
        .isEqualTo(io.diskmap.ErrorKind.NOT_FOUND);
    assertThat(disk.names("")).isEmpty();
  }

  @Test
  @Clause("S4")
  default void a_large_stream_of_unknown_length_needs_little_memory(TestDisk disk)
      throws Exception {
    long bytes = Long.getLong("diskmap.contract.stream.mebibytes", disk.share(512)) * 1024 * 1024;
    try (ChildJvm child = bounded(disk, "stream", Long.toString(bytes))) {
      child.awaitSuccess(Duration.ofMinutes(4));
      assertThat(child.output()).contains("saved and read " + bytes);
    }
    assertThat(disk.storage().metadata("large").size()).isEqualTo(bytes);
  }

  @Test
  @Clause("L1")
  default void a_listing_of_a_hundred_thousand_files_needs_little_memory(TestDisk disk)
      throws Exception {
    int files = disk.share(Integer.getInteger("diskmap.contract.listing.files", 100_000));
    makeFiles(disk, files);
    disk.place().adopt();
    try (ChildJvm child = bounded(disk, "list", Integer.toString(files))) {
      child.awaitSuccess(Duration.ofMinutes(4));
      assertThat(child.output()).contains("listed " + files);
    }
    assertThat(disk.storage().deletePrefix("many").files()).isEqualTo(files);
  }

  /**
   * Half of the files in one directory, half in a tree; behind the driver where that is possible.
   */
  private static void makeFiles(TestDisk disk, int files) throws Exception {
    try (Race race = new Race(4)) {
      race.round(
          number -> {
            for (int i = number; i < files; i += 4) {
              String path =
                  i % 2 == 0
                      ? "many/flat/%07d".formatted(i)
                      : "many/tree/%02d/%02d/%07d".formatted(i % 97, i / 97 % 89, i);
              if (disk.place().directory().isPresent()) {
                Path file = disk.directory().resolve(path);
                Files.createDirectories(file.getParent());
                Files.createFile(file);
              } else {
                disk.save(path, "");
              }
            }
            return null;
          });
    }
  }

  private static ChildJvm bounded(TestDisk disk, String... command) throws IOException {
    Path map = disk.temp().resolve("bounded.json");
    Files.writeString(map, disk.diskMap());
    int heap = disk.harness().boundedHeapMebibytes();
    return ChildJvm.of(Bounded.class)
        .options("-Xmx" + heap + "m", "-XX:MaxDirectMemorySize=64m", "-XX:+UseSerialGC")
        .arguments(map.toString(), command[0], command[1])
        .start();
  }
}
