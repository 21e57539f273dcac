package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.StoragePath;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.testkit.data.SeededContent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadRecordTest {
  private static final int CHUNK = Uploads.CHUNK;
  private static final int CHUNKS_AT = 20 * 1024;

  @TempDir Path temp;
  private Opened opened;

  @BeforeEach
  void open() throws Exception {
    opened = Opened.at(temp);
  }

  @org.junit.jupiter.api.AfterEach
  void close() {
    opened.close();
  }

  private static Chunk chunk(SeededContent content, int index) throws IOException {
    long offset = (long) index * CHUNK;
    int length = (int) Math.min(CHUNK, content.length() - offset);
    return Chunk.wrap(ByteBuffer.wrap(content.range(offset, length)));
  }

  private UploadId begun(SeededContent content, int... chunks) throws Exception {
    StorageWriter writer = opened.driver.openWrite(StoragePath.of("d/f"), Opened.request());
    for (int index : chunks) {
      writer.write((long) index * CHUNK, chunk(content, index), Opened.call());
    }
    writer.detach(Opened.call());
    return writer.id();
  }

  private Path record(UploadId id) {
    return temp.resolve(".diskmap/uploads").resolve(id.value());
  }

  /** Makes a chunk's entry look as if it was written before the machine started anew. */
  private void age(UploadId id, int index) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(record(id).toFile(), "rw")) {
      long at = CHUNKS_AT + 16L * index;
      file.seek(at);
      byte[] entry = new byte[12];
      file.readFully(entry);
      ByteBuffer.wrap(entry).putInt(8, ThisProcess.BOOT ^ 2);
      CRC32C check = new CRC32C();
      check.update(entry);
      check.update(ByteBuffer.allocate(8).putLong(index).flip());
      file.seek(at);
      file.write(entry);
      file.writeInt((int) check.getValue());
    }
  }

  @Test
  void chunks_of_an_earlier_run_of_the_machine_count_once_they_were_read() throws Exception {
    SeededContent content = new SeededContent(1, 3L * CHUNK);
    UploadId id = begun(content, 0, 1, 2);
    for (int i = 0; i < 3; i++) {
      age(id, i);
    }
    Path staged = temp.resolve("d").resolve(StagedNames.of(id.value()));
    try (RandomAccessFile file = new RandomAccessFile(staged.toFile(), "rw")) {
      file.seek(CHUNK + 77);
      file.write(file.read() ^ 1);
    }
    try (StorageWriter writer = opened.driver.resumeWrite(id, Opened.call())) {
      assertThat(writer.received(Opened.call()))
          .containsExactly(ByteRange.of(0, CHUNK), ByteRange.of(2L * CHUNK, CHUNK));
      assertThat(Kinds.of(() -> writer.commit(Opened.commit(content.length()))).kind())
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      writer.write(CHUNK, chunk(content, 1), Opened.call());
      writer.commit(Opened.commit(content.length()));
    }
    assertThat(temp.resolve("d/f")).hasBinaryContent(content.range(0, 3 * CHUNK));
  }

  @Test
  void a_chunk_whose_bytes_were_cut_off_does_not_count_after_a_restart() throws Exception {
    SeededContent content = new SeededContent(2, 2L * CHUNK);
    UploadId id = begun(content, 0, 1);
    age(id, 1);
    Path staged = temp.resolve("d").resolve(StagedNames.of(id.value()));
    try (RandomAccessFile file = new RandomAccessFile(staged.toFile(), "rw")) {
      file.setLength(CHUNK + 5);
    }
    try (StorageWriter writer = opened.driver.resumeWrite(id, Opened.call())) {
      assertThat(writer.received(Opened.call())).containsExactly(ByteRange.of(0, CHUNK));
    }
  }

  @Test
  void an_entry_that_is_half_written_does_not_count() throws Exception {
    SeededContent content = new SeededContent(3, 2L * CHUNK);
    UploadId id = begun(content, 0, 1);
    try (RandomAccessFile file = new RandomAccessFile(record(id).toFile(), "rw")) {
      file.setLength(CHUNKS_AT + 16 + 9);
    }
    try (StorageWriter writer = opened.driver.resumeWrite(id, Opened.call())) {
      assertThat(writer.received(Opened.call())).containsExactly(ByteRange.of(0, CHUNK));
    }
  }

  @Test
  void a_record_whose_staged_file_is_gone_is_no_upload_any_more() throws Exception {
    SeededContent content = new SeededContent(4, 2L * CHUNK);
    UploadId id = begun(content, 0);
    Files.delete(temp.resolve("d").resolve(StagedNames.of(id.value())));
    assertThat(Kinds.of(() -> opened.driver.resumeWrite(id, Opened.call())).kind())
        .isEqualTo(ErrorKind.NOT_FOUND);
  }

  @Test
  void a_file_put_in_the_place_of_the_staged_one_is_not_taken_for_it() throws Exception {
    SeededContent content = new SeededContent(5, 2L * CHUNK);
    UploadId id = begun(content, 0, 1);
    Path staged = temp.resolve("d").resolve(StagedNames.of(id.value()));
    Files.move(staged, temp.resolve("moved"));
    Files.copy(temp.resolve("moved"), staged);
    assertThat(Kinds.of(() -> opened.driver.resumeWrite(id, Opened.call())).kind())
        .isEqualTo(ErrorKind.NOT_FOUND);
  }

  @Test
  void a_commit_that_was_killed_after_its_rename_is_told_by_looking() throws Exception {
    SeededContent content = new SeededContent(6, CHUNK + 1L);
    UploadId id = begun(content, 0, 1);
    try (StorageWriter writer = opened.driver.resumeWrite(id, Opened.call())) {
      writer.commit(Opened.commit(content.length()));
    }
    forgetOutcome(id);
    try (StorageWriter writer = opened.driver.resumeWrite(id, Opened.call())) {
      assertThat(writer.commit(Opened.commit(content.length())).size()).isEqualTo(content.length());
    }
    forgetOutcome(id);
    opened.put("d/f", "another file");
    assertThat(Kinds.of(() -> opened.driver.resumeWrite(id, Opened.call())).kind())
        .isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
    opened.driver.abortWrite(id, Opened.call());
    assertThat(opened.text("d/f")).isEqualTo("another file");
    assertThat(record(id)).doesNotExist();
  }

  private void forgetOutcome(UploadId id) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(record(id).toFile(), "rw")) {
      file.seek(UploadRecord.INODE_AT + 256);
      file.write(new byte[64]);
    }
  }

  @Test
  void an_upload_that_a_writer_of_this_process_holds_is_never_idle() throws Exception {
    SeededContent content = new SeededContent(7, CHUNK);
    try (StorageWriter writer = opened.driver.openWrite(StoragePath.of("d/f"), Opened.request())) {
      writer.write(0, chunk(content, 0), Opened.call());
      assertThat(opened.driver.uploads(Duration.ZERO, Opened.call())).isEmpty();
    }
    UploadId id = begun(content, 0);
    assertThat(opened.driver.uploads(Duration.ZERO, Opened.call()))
        .singleElement()
        .satisfies(pending -> assertThat(pending.id()).isEqualTo(id));
    assertThat(opened.driver.uploads(Duration.ofHours(1), Opened.call())).isEmpty();
    opened.driver.abortWrite(id, Opened.call());
    assertThat(LocalHarness.Leftovers.in(temp)).isEmpty();
    assertThat(temp.resolve("d")).doesNotExist();
  }

  @Test
  void a_record_of_a_finished_save_goes_after_a_day() throws Exception {
    SeededContent content = new SeededContent(8, CHUNK);
    UploadId id = begun(content, 0);
    try (StorageWriter writer = opened.driver.resumeWrite(id, Opened.call())) {
      writer.commit(Opened.commit(CHUNK));
    }
    opened.driver.uploads(Duration.ZERO, Opened.call());
    assertThat(record(id)).exists();
    Files.setLastModifiedTime(
        record(id),
        java.nio.file.attribute.FileTime.from(java.time.Instant.now().minus(Duration.ofHours(25))));
    opened.driver.uploads(Duration.ZERO, Opened.call());
    assertThat(record(id)).doesNotExist();
    assertThat(temp.resolve("d/f")).exists();
  }
}
