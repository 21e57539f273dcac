package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.StagedUpload;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Chunked saves: any order, in parallel, repeated, resumed by id (S8, S9). */
public interface UploadContract {
  /** Sends chunks of a content by their numbers. */
  private static void send(Upload upload, byte[] content, Iterable<Integer> chunks)
      throws StorageException {
    int size = upload.chunkSize();
    for (int i : chunks) {
      upload.write((long) i * size, TestDisk.chunk(content, size, i));
    }
  }

  private static List<Integer> all(byte[] content, int chunkSize) {
    List<Integer> chunks = new ArrayList<>();
    for (int i = 0; (long) i * chunkSize < content.length; i++) {
      chunks.add(i);
    }
    return chunks;
  }

  @Test
  @Clause("S8")
  default void chunks_in_order_make_the_file(TestDisk disk) throws Exception {
    byte[] content = Data.of(1, 3 * disk.chunkSize() + 17);
    try (Upload upload = disk.storage().beginUpload("d/f", SaveOptions.defaults())) {
      assertThat(upload.path().value()).isEqualTo("d/f");
      assertThat(upload.id()).matches("[A-Za-z0-9._-]{16,1024}");
      send(upload, content, all(content, upload.chunkSize()));
      assertThat(disk.storage().exists("d/f")).isFalse();
      assertThat(disk.names("")).isEmpty();
      FileMetadata saved = upload.commit(content.length);
      assertThat(saved.size()).isEqualTo(content.length);
      assertThat(saved.path().value()).isEqualTo("d/f");
    }
    assertThat(disk.bytes("d/f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void a_chunk_size_that_is_asked_for_is_taken_or_the_disk_says_its_own(TestDisk disk)
      throws Exception {
    for (int asked : new int[] {64 << 10, 2 << 20}) {
      SaveOptions options = SaveOptions.defaults().withChunkSize(asked);
      try (Upload upload = disk.storage().beginUpload("d/f", options)) {
        assertThat(upload.chunkSize()).isIn(asked, disk.chunkSize());
        byte[] content = Data.of(asked, 2 * upload.chunkSize() + 17);
        send(upload, content, all(content, upload.chunkSize()));
        assertThat(upload.commit(content.length).size()).isEqualTo(content.length);
        assertThat(disk.bytes("d/f")).isEqualTo(content);
      }
    }
  }

  @Test
  @Clause("S8")
  default void chunks_in_any_order_make_the_same_file(TestDisk disk) throws Exception {
    byte[] content = Data.of(2, 6 * disk.chunkSize() + 1);
    Random random = new Random(2);
    for (int round = 0; round < 4; round++) {
      try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
        List<Integer> order = all(content, upload.chunkSize());
        Collections.shuffle(order, random);
        send(upload, content, order);
        FileMetadata saved = upload.commit(content.length);
        assertThat(saved.size()).isEqualTo(content.length);
      }
      assertThat(disk.bytes("f")).isEqualTo(content);
      disk.storage().delete("f");
    }
  }

  @Test
  @Clause("S8")
  default void chunks_from_several_threads_make_the_same_file(TestDisk disk) throws Exception {
    byte[] content = Data.of(3, 12 * disk.chunkSize() + 100);
    try (Race race = new Race(4);
        Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      race.round(
          number -> {
            List<Integer> mine =
                all(content, upload.chunkSize()).stream().filter(i -> i % 4 == number).toList();
            send(upload, content, mine);
            return null;
          });
      assertThat(upload.received()).containsExactly(ByteRange.first(content.length));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void a_chunk_comes_from_any_kind_of_buffer_or_content(TestDisk disk) throws Exception {
    int chunk = disk.chunkSize();
    byte[] content = Data.of(4, 3 * chunk + 50);
    ByteBuffer direct = ByteBuffer.allocateDirect(chunk + 20);
    direct.position(10).put(content, 0, chunk).flip().position(10);
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      upload.write(0, direct);
      upload.write(chunk, ByteBuffer.wrap(content, chunk, chunk).asReadOnlyBuffer());
      upload.write(
          2L * chunk, Content.of(new ByteArrayInputStream(content, 2 * chunk, chunk), chunk));
      upload.write(3L * chunk, Content.of(new ByteArrayInputStream(content, 3 * chunk, 50)));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void a_chunk_sent_again_changes_nothing(TestDisk disk) throws Exception {
    byte[] content = Data.of(5, 2 * disk.chunkSize() + 9);
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      send(upload, content, List.of(0, 1, 1, 0, 2, 2, 1));
      assertThat(upload.received()).containsExactly(ByteRange.first(content.length));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void other_bytes_in_the_place_of_a_chunk_are_refused(TestDisk disk) throws Exception {
    int chunk = disk.chunkSize();
    byte[] content = Data.of(6, 2 * chunk);
    byte[] other = content.clone();
    other[chunk / 2] ^= 1;
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      send(upload, content, List.of(0));
      assertThat(Failures.kindOf(() -> send(upload, other, List.of(0))))
          .isEqualTo(ErrorKind.PRECONDITION_FAILED);
      send(upload, content, List.of(0, 1));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void a_chunk_with_a_wrong_place_or_length_is_refused(TestDisk disk) throws Exception {
    int chunk = disk.chunkSize();
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      for (long offset : new long[] {1, chunk - 1, chunk + 1, -chunk}) {
        assertThat(Failures.kindOf(() -> upload.write(offset, ByteBuffer.allocate(chunk))))
            .as("offset %d", offset)
            .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      }
      assertThat(Failures.kindOf(() -> upload.write(0, ByteBuffer.allocate(chunk + 1))))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      assertThat(upload.received()).isEmpty();
      upload.write(0, ByteBuffer.allocate(10));
      upload.commit(10);
    }
    assertThat(disk.bytes("f")).isEqualTo(new byte[10]);
  }

  @Test
  @Clause({"S2", "S8"})
  default void a_gap_refuses_the_commit_and_can_be_filled(TestDisk disk) throws Exception {
    disk.save("f", "old");
    byte[] content = Data.of(7, 4 * disk.chunkSize() - 3);
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      int chunk = upload.chunkSize();
      send(upload, content, List.of(0, 2));
      assertThat(Failures.kindOf(() -> upload.commit(content.length)))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      assertThat(disk.text("f")).isEqualTo("old");
      assertThat(upload.received())
          .containsExactly(ByteRange.first(chunk), ByteRange.of(2L * chunk, chunk));
      send(upload, content, List.of(1));
      assertThat(Failures.kindOf(() -> upload.commit(content.length)))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      send(upload, content, List.of(3));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause({"S2", "S8", "S9"})
  default void a_commit_with_another_length_is_refused(TestDisk disk) throws Exception {
    byte[] content = Data.of(8, disk.chunkSize() + 100);
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      send(upload, content, List.of(0, 1));
      for (long length :
          new long[] {0, 1, disk.chunkSize(), content.length - 1L, content.length + 1L}) {
        assertThat(Failures.kindOf(() -> upload.commit(length)))
            .as("commit of %d", length)
            .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      }
      assertThat(disk.storage().exists("f")).isFalse();
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void an_empty_upload_makes_an_empty_file(TestDisk disk) throws Exception {
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      assertThat(upload.received()).isEmpty();
      upload.commit(0);
    }
    assertThat(disk.bytes("f")).isEmpty();
  }

  @Test
  @Clause("S8")
  default void a_detached_upload_goes_on_by_its_id_alone(TestDisk disk) throws Exception {
    byte[] content = Data.of(9, 4 * disk.chunkSize() + 5);
    SaveOptions options =
        SaveOptions.contentType("text/x-special").withAttributes(Map.of("patient", "n° 7"));
    String id;
    try (Upload upload = disk.storage().beginUpload("d/f", options)) {
      send(upload, content, List.of(0, 3));
      id = upload.id();
      upload.detach();
    }
    assertThat(disk.names("")).isEmpty();
    assertThat(disk.staged()).isNotEmpty();
    for (int next : List.of(2, 1)) {
      try (Upload upload = disk.storage().resumeUpload(id)) {
        assertThat(upload.id()).isEqualTo(id);
        assertThat(upload.path().value()).isEqualTo("d/f");
        assertThat(upload.chunkSize()).isEqualTo(disk.chunkSize());
        send(upload, content, List.of(next));
        upload.detach();
      }
    }
    try (Upload upload = disk.storage().resumeUpload(id)) {
      long stored = upload.received().stream().mapToLong(ByteRange::length).sum();
      assertThat(stored).isEqualTo(4L * disk.chunkSize());
      send(upload, content, List.of(4));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("d/f")).isEqualTo(content);
    FileMetadata kept = disk.storage().metadata("d/f");
    assertThat(kept.contentType()).contains("text/x-special");
    assertThat(kept.attributes()).containsExactly(Map.entry("patient", "n° 7"));
  }

  @Test
  @Clause({"S7", "S8"})
  default void a_commit_repeated_gives_the_same_answer(TestDisk disk) throws Exception {
    byte[] content = Data.of(10, disk.chunkSize() + 1);
    FileMetadata first;
    String id;
    try (Upload upload = disk.storage().beginUpload("f", disk.newFile())) {
      send(upload, content, List.of(0, 1));
      id = upload.id();
      first = upload.commit(content.length);
      assertThat(upload.commit(content.length)).isEqualTo(first);
      upload.abort();
    }
    try (Upload again = disk.storage().resumeUpload(id)) {
      FileMetadata second = again.commit(content.length);
      assertThat(second.path()).isEqualTo(first.path());
      assertThat(second.size()).isEqualTo(first.size());
      assertThat(second.versionTag().value()).isEqualTo(first.versionTag().value());
      assertThat(second.modified()).isEqualTo(first.modified());
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
    disk.save("f", "newer");
    try (Upload again = disk.storage().resumeUpload(id)) {
      again.commit(content.length);
    }
    assertThat(disk.text("f")).as("a repeat publishes nothing again").isEqualTo("newer");
  }

  @Test
  @Clause({"S7", "S8", "S3:if-absent"})
  default void a_save_repeated_with_its_write_id_is_one_save(TestDisk disk) throws Exception {
    byte[] content = Data.of(11, disk.chunkSize() + 1);
    String id = "0123456789abcdef0123456789abcdef";
    SaveOptions options = disk.newFile().withWriteId(id);
    FileMetadata first = disk.storage().save("f", Content.of(content), options);
    FileMetadata second = disk.storage().save("f", Content.of(content), options);
    assertThat(second.versionTag().value()).isEqualTo(first.versionTag().value());
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause({"S2", "S8"})
  default void an_aborted_upload_is_gone(TestDisk disk) throws Exception {
    disk.save("f", "old");
    byte[] content = Data.of(12, 2 * disk.chunkSize());
    Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults());
    send(upload, content, List.of(0, 1));
    upload.abort();
    upload.abort();
    assertThat(Failures.kindOf(() -> send(upload, content, List.of(0))))
        .isEqualTo(ErrorKind.CLOSED);
    assertThat(Failures.kindOf(() -> upload.commit(content.length))).isEqualTo(ErrorKind.CLOSED);
    upload.close();
    assertThat(Failures.kindOf(() -> disk.storage().resumeUpload(upload.id())))
        .isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(disk.text("f")).isEqualTo("old");
  }

  @Test
  @Clause({"S2", "S8"})
  default void closing_without_a_commit_aborts(TestDisk disk) throws Exception {
    disk.save("f", "old");
    byte[] content = Data.of(13, 2 * disk.chunkSize());
    String id;
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      send(upload, content, List.of(0, 1));
      id = upload.id();
    }
    assertThat(Failures.kindOf(() -> disk.storage().resumeUpload(id)))
        .isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(disk.text("f")).isEqualTo("old");
    assertThat(disk.names("")).containsExactly("f");
  }

  @Test
  @Clause("S8")
  default void an_unknown_upload_id_is_not_found(TestDisk disk) {
    for (String id :
        List.of(
            "0123456789abcdef0123456789abcdef",
            "x".repeat(16),
            "",
            "short",
            "../../etc/passwd",
            "a/b/c/d/e/f/g/h/i",
            "........................",
            "x".repeat(2000))) {
      assertThat(Failures.kindOf(() -> disk.storage().resumeUpload(id)))
          .as(id)
          .isEqualTo(ErrorKind.NOT_FOUND);
    }
  }

  @Test
  @Clause({"S2", "S9"})
  default void an_upload_with_another_checksum_than_expected_is_refused(TestDisk disk)
      throws Exception {
    disk.save("f", "old");
    byte[] content = Data.of(14, 2 * disk.chunkSize() + 7);
    byte[] other = Data.of(15, content.length);
    for (var wrong : List.of(SaveContract.crc32c(other), SaveContract.sha256(other))) {
      SaveOptions options = SaveOptions.defaults().withExpectedChecksum(wrong);
      try (Upload upload = disk.storage().beginUpload("f", options)) {
        send(upload, content, List.of(2, 0, 1));
        assertThat(Failures.kindOf(() -> upload.commit(content.length)))
            .isEqualTo(ErrorKind.CHECKSUM_MISMATCH);
      }
      assertThat(disk.text("f")).isEqualTo("old");
    }
    for (var right : List.of(SaveContract.crc32c(content), SaveContract.sha256(content))) {
      SaveOptions options = SaveOptions.defaults().withExpectedChecksum(right);
      try (Upload upload = disk.storage().beginUpload("f", options)) {
        send(upload, content, List.of(2, 0, 1));
        upload.commit(content.length);
      }
      assertThat(disk.bytes("f")).isEqualTo(content);
      disk.save("f", "old");
    }
  }

  @Test
  @Clause("S9")
  default void an_upload_answers_with_the_checksums_of_the_staged_bytes(TestDisk disk)
      throws Exception {
    byte[] content = Data.of(16, 3 * disk.chunkSize() + 7);
    SaveOptions options = SaveOptions.defaults().withSha256();
    FileMetadata saved;
    try (Upload upload = disk.storage().beginUpload("f", options)) {
      send(upload, content, List.of(3, 1, 0, 2));
      saved = upload.commit(content.length);
    }
    assertThat(saved.checksum(ChecksumAlgorithm.CRC32C)).contains(SaveContract.crc32c(content));
    assertThat(saved.checksum(ChecksumAlgorithm.SHA256)).contains(SaveContract.sha256(content));
    assertThat(disk.storage().metadata("f").checksum(ChecksumAlgorithm.SHA256))
        .contains(SaveContract.sha256(content));
  }

  @Test
  @Clause("S8")
  default void a_chunk_whose_source_failed_can_be_sent_again(TestDisk disk) throws Exception {
    int chunk = disk.chunkSize();
    byte[] content = Data.of(17, chunk);
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      assertThat(
              Failures.kindOf(
                  () ->
                      upload.write(
                          0,
                          Content.of(
                              Sources.failingAfter(new byte[100], new IOException("x")), chunk))))
          .isEqualTo(ErrorKind.SOURCE_FAILED);
      assertThat(upload.received()).isEmpty();
      send(upload, content, List.of(0));
      upload.commit(chunk);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void uploads_of_one_path_do_not_share_their_chunks(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    byte[] one = Data.of(18, disk.chunkSize() + 1);
    byte[] two = Data.of(19, disk.chunkSize() + 1);
    try (Upload first = storage.beginUpload("f", SaveOptions.defaults());
        Upload second = storage.beginUpload("f", SaveOptions.defaults())) {
      assertThat(first.id()).isNotEqualTo(second.id());
      send(first, one, List.of(0));
      send(second, two, List.of(0, 1));
      send(first, one, List.of(1));
      first.commit(one.length);
      assertThat(disk.bytes("f")).isEqualTo(one);
      second.commit(two.length);
      assertThat(disk.bytes("f")).isEqualTo(two);
    }
  }

  @Test
  @Clause({"S8", "P4"})
  default void unfinished_uploads_are_listed_below_their_scope(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    assertThat(storage.uploads(Duration.ZERO)).isEmpty();
    String id;
    try (Upload upload = storage.beginUpload("d/e/f", SaveOptions.defaults())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      id = upload.id();
      upload.detach();
    }
    assertThat(storage.uploads(Duration.ofHours(1))).isEmpty();
    Map<Storage, String> views =
        Map.of(storage, "d/e/f", storage.scoped("d"), "e/f", storage.scoped("d/e"), "f");
    for (Map.Entry<Storage, String> view : views.entrySet()) {
      StagedUpload found = view.getKey().uploads(Duration.ZERO).get(0);
      assertThat(found.id()).isEqualTo(id);
      assertThat(found.path().value()).isEqualTo(view.getValue());
    }
    assertThat(storage.scoped("other").uploads(Duration.ZERO)).isEmpty();
    assertThat(storage.scoped("d/ef").uploads(Duration.ZERO)).isEmpty();
    try (Upload upload = storage.resumeUpload(id)) {
      upload.commit(3);
    }
    assertThat(storage.uploads(Duration.ZERO)).isEmpty();
  }
}
