package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Capabilities.Atomicity;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import io.diskmap.VersionTag;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Saving on a condition: held by the store among racing writers, never check-then-act (S3). */
public interface ConditionContract {
  @Test
  @Clause("S3:if-absent")
  default void a_new_file_is_refused_where_one_exists(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    storage.save("f", Content.of("first"), SaveOptions.ifAbsent());
    assertThat(
            Failures.kindOf(() -> storage.save("f", Content.of("second"), SaveOptions.ifAbsent())))
        .isEqualTo(ErrorKind.ALREADY_EXISTS);
    byte[] large = Data.of(1, disk.chunkSize() + 1);
    assertThat(Failures.kindOf(() -> storage.save("f", Content.of(large), SaveOptions.ifAbsent())))
        .isEqualTo(ErrorKind.ALREADY_EXISTS);
    assertThat(disk.text("f")).isEqualTo("first");
    storage.delete("f");
    storage.save("f", Content.of(large), SaveOptions.ifAbsent());
    assertThat(disk.bytes("f")).isEqualTo(large);
  }

  @Test
  @Clause("S3:if-absent")
  default void of_racing_savers_of_a_new_file_exactly_one_wins(TestDisk disk) throws Exception {
    int rounds = Integer.getInteger("diskmap.contract.race.rounds", 60);
    try (Race race = new Race(16)) {
      for (int round = 0; round < rounds; round++) {
        String path = "race/" + round;
        List<Optional<String>> outcomes =
            race.round(number -> saveNew(disk.storage(), path, "saver " + number));
        List<String> winners = outcomes.stream().flatMap(Optional::stream).toList();
        assertThat(winners).as("winners of round %d", round).hasSize(1);
        assertThat(disk.text(path)).isEqualTo(winners.get(0));
      }
    }
  }

  private static Optional<String> saveNew(Storage storage, String path, String content)
      throws StorageException {
    try {
      storage.save(path, Content.of(content), SaveOptions.ifAbsent());
      return Optional.of(content);
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.ALREADY_EXISTS) {
        throw e;
      }
      return Optional.empty();
    }
  }

  @Test
  @Clause("S3:if-absent")
  default void of_racing_uploads_of_a_new_file_exactly_one_wins(TestDisk disk) throws Exception {
    int savers = 6;
    int length = disk.chunkSize() + 10;
    try (Race race = new Race(savers)) {
      for (int round = 0; round < 12; round++) {
        String path = "race/" + round;
        List<byte[]> contents =
            IntStream.range(0, savers).mapToObj(n -> Data.of(n, length)).toList();
        List<Upload> uploads =
            race.round(number -> sent(disk.storage(), path, contents.get(number)));
        List<Boolean> won = race.round(number -> commit(uploads.get(number), length));
        for (Upload upload : uploads) {
          upload.close();
        }
        assertThat(won).as("round %d", round).containsOnlyOnce(true);
        assertThat(disk.bytes(path)).isEqualTo(contents.get(won.indexOf(true)));
      }
    }
  }

  private static Upload sent(Storage storage, String path, byte[] content) throws StorageException {
    Upload upload = storage.beginUpload(path, SaveOptions.ifAbsent());
    int chunk = upload.chunkSize();
    upload.write(0, TestDisk.chunk(content, chunk, 0));
    upload.write(chunk, TestDisk.chunk(content, chunk, 1));
    return upload;
  }

  private static boolean commit(Upload upload, int length) throws StorageException {
    try {
      upload.commit(length);
      return true;
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.ALREADY_EXISTS) {
        throw e;
      }
      return false;
    }
  }

  @Test
  @Clause("S3:if-absent")
  default void of_racing_copies_and_moves_to_a_new_path_exactly_one_wins(TestDisk disk)
      throws Exception {
    try (Race race = new Race(6)) {
      for (int round = 0; round < 10; round++) {
        String target = "target/" + round;
        for (int i = 0; i < 6; i++) {
          disk.save("source/" + round + "/" + i, "content " + i);
        }
        String sources = "source/" + round + "/";
        List<Boolean> won =
            race.round(
                number -> {
                  try {
                    if (number % 2 == 0) {
                      disk.storage().copy(sources + number, target, SaveOptions.ifAbsent());
                    } else {
                      disk.storage().move(sources + number, target, SaveOptions.ifAbsent());
                    }
                    return true;
                  } catch (StorageException e) {
                    assertThat(e.kind()).isEqualTo(ErrorKind.ALREADY_EXISTS);
                    return false;
                  }
                });
        assertThat(won).containsOnlyOnce(true);
        assertThat(disk.text(target)).isEqualTo("content " + won.indexOf(true));
        int left = won.indexOf(true) % 2 == 0 ? 6 : 5;
        assertThat(disk.names("source/" + round)).hasSize(left);
      }
    }
  }

  @Test
  @Clause("S3:if-match")
  default void a_replace_of_another_version_is_refused(TestDisk disk) throws Exception {
    if (matchIsRefused(disk)) {
      return;
    }
    Storage storage = disk.storage();
    disk.save("f", "one");
    VersionTag one = disk.tag("f");
    storage.save("f", Content.of("two"), SaveOptions.ifMatch(one));
    assertThat(disk.text("f")).isEqualTo("two");
    disk.tag("f");
    assertThat(Failures.kindOf(() -> storage.save("f", Content.of("3"), SaveOptions.ifMatch(one))))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    assertThat(
            Failures.kindOf(
                () -> storage.save("missing", Content.of("3"), SaveOptions.ifMatch(one))))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    assertThat(
            Failures.kindOf(
                () ->
                    storage.save("f", Content.of("3"), SaveOptions.ifMatch(VersionTag.weak("w")))))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    assertThat(disk.text("f")).isEqualTo("two");
    assertThat(disk.names("")).containsExactly("f");
  }

  /** Where a disk cannot hold the condition at all it refuses it, which is what is tested then. */
  private static boolean matchIsRefused(TestDisk disk) throws Exception {
    if (disk.capabilities().matchCondition() != Atomicity.NONE) {
      return false;
    }
    FileMetadata saved = disk.save("f", "old");
    VersionTag any = VersionTag.strong(saved.versionTag().value());
    assertThat(
            Failures.kindOf(
                () -> disk.storage().save("f", Content.of("x"), SaveOptions.ifMatch(any))))
        .isEqualTo(ErrorKind.UNSUPPORTED);
    assertThat(disk.text("f")).isEqualTo("old");
    return true;
  }

  @Test
  @Clause("S3:if-match")
  default void of_racing_savers_of_one_version_exactly_one_wins(TestDisk disk) throws Exception {
    if (matchIsRefused(disk)) {
      return;
    }
    try (Race race = new Race(8)) {
      for (int round = 0; round < 15; round++) {
        disk.save("f", "round " + round);
        VersionTag tag = disk.tag("f");
        List<Boolean> won =
            race.round(
                number -> {
                  try {
                    disk.storage()
                        .save("f", Content.of("saver " + number), SaveOptions.ifMatch(tag));
                    return true;
                  } catch (StorageException e) {
                    assertThat(e.kind()).isEqualTo(ErrorKind.PRECONDITION_FAILED);
                    return false;
                  }
                });
        assertThat(won).as("round %d", round).containsOnlyOnce(true);
        assertThat(disk.text("f")).isEqualTo("saver " + won.indexOf(true));
      }
    }
  }

  @Test
  @Clause("S3:if-absent")
  default void a_condition_is_decided_at_the_commit(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    try (Upload upload = storage.beginUpload("f", SaveOptions.ifAbsent())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1}));
      disk.save("f", "faster");
      assertThat(Failures.kindOf(() -> upload.commit(1))).isEqualTo(ErrorKind.ALREADY_EXISTS);
    }
    assertThat(disk.text("f")).isEqualTo("faster");
    storage.delete("f");
    try (Upload upload = storage.beginUpload("f", SaveOptions.ifAbsent())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1}));
      upload.commit(1);
    }
    assertThat(disk.bytes("f")).containsExactly(1);
  }
}
