package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.ArrivingChunk;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.StorageWriter;
import io.diskmap.testkit.contract.Failures;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chunks that are written to their place piece by piece, by two connections above all. */
class ArrivingChunkTest {
  private static final int LENGTH = 3000;
  private static final byte[] CONTENT = bytes(1);
  private static final byte[] OTHER = bytes(2);

  @TempDir Path root;
  private Opened disk;
  private StorageWriter one;
  private StorageWriter two;

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[LENGTH];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @BeforeEach
  void begin() throws Exception {
    disk = Opened.at(root);
    one = disk.driver.openWrite(Opened.path("f"), Opened.request());
    two = disk.driver.resumeWrite(one.id(), Opened.call());
  }

  @AfterEach
  void end() {
    two.close();
    one.close();
    disk.close();
  }

  private static ArrivingChunk arriving(StorageWriter writer) throws StorageException {
    return writer.arriving(0, LENGTH, Opened.call()).orElseThrow();
  }

  private static void write(ArrivingChunk chunk, byte[] content, int from, int to)
      throws StorageException {
    chunk.write(ByteBuffer.wrap(content, from, to - from), Opened.call());
  }

  private static void complete(ArrivingChunk chunk, byte[] content) throws StorageException {
    chunk.complete(Crc32c.of(ByteBuffer.wrap(content)), Opened.call());
  }

  private void commit(byte[] content) throws Exception {
    assertThat(one.received(Opened.call())).containsExactly(ByteRange.first(LENGTH));
    one.commit(Opened.commit(LENGTH));
    assertThat(root.resolve("f")).hasBinaryContent(content);
  }

  @Test
  void pieces_make_the_chunk() throws Exception {
    try (ArrivingChunk chunk = arriving(one)) {
      write(chunk, CONTENT, 0, 1000);
      assertThat(one.received(Opened.call())).isEmpty();
      write(chunk, CONTENT, 1000, LENGTH);
      assertThat(one.received(Opened.call())).isEmpty();
      complete(chunk, CONTENT);
    }
    commit(CONTENT);
  }

  @Test
  void what_is_given_up_counts_for_nothing() throws Exception {
    try (ArrivingChunk chunk = arriving(one)) {
      write(chunk, OTHER, 0, LENGTH);
    }
    assertThat(one.received(Opened.call())).isEmpty();
    assertThat(Failures.kindOf(() -> one.commit(Opened.commit(LENGTH))))
        .isEqualTo(ErrorKind.LENGTH_MISMATCH);
    one.write(0, Chunk.wrap(ByteBuffer.wrap(CONTENT)), Opened.call());
    commit(CONTENT);
  }

  @Test
  void the_same_bytes_of_two_connections_are_staged_once() throws Exception {
    try (ArrivingChunk first = arriving(one);
        ArrivingChunk second = arriving(two)) {
      write(first, CONTENT, 0, 2000);
      write(second, CONTENT, 0, LENGTH);
      write(first, CONTENT, 2000, LENGTH);
      complete(second, CONTENT);
      complete(first, CONTENT);
    }
    commit(CONTENT);
  }

  @Test
  void a_chunk_that_is_staged_meanwhile_is_not_written_over() throws Exception {
    try (ArrivingChunk late = arriving(one)) {
      write(late, OTHER, 0, 1000);
      two.write(0, Chunk.wrap(ByteBuffer.wrap(CONTENT)), Opened.call());
      write(late, OTHER, 1000, LENGTH);
      assertThat(Failures.kindOf(() -> complete(late, OTHER)))
          .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    }
    commit(CONTENT);
  }

  @Test
  void bytes_that_were_written_over_are_not_staged() throws Exception {
    try (ArrivingChunk first = arriving(one);
        ArrivingChunk second = arriving(two)) {
      write(second, CONTENT, 0, 1000);
      write(first, OTHER, 0, 1000);
      write(second, CONTENT, 1000, LENGTH);
      assertThat(Failures.kindOf(() -> complete(second, CONTENT))).isEqualTo(ErrorKind.BUSY);
      assertThat(two.received(Opened.call())).isEmpty();
    }
    try (ArrivingChunk again = arriving(two)) {
      write(again, CONTENT, 0, LENGTH);
      complete(again, CONTENT);
    }
    commit(CONTENT);
  }

  @Test
  void nothing_is_written_after_the_commit() throws Exception {
    try (ArrivingChunk late = arriving(two)) {
      write(late, OTHER, 0, 1000);
      one.write(0, Chunk.wrap(ByteBuffer.wrap(CONTENT)), Opened.call());
      commit(CONTENT);
      write(late, OTHER, 1000, LENGTH);
      assertThat(Failures.kindOf(() -> complete(late, OTHER)))
          .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    }
    assertThat(root.resolve("f")).hasBinaryContent(CONTENT);
  }

  @Test
  void a_length_other_than_announced_is_refused() throws Exception {
    try (ArrivingChunk chunk = arriving(one)) {
      write(chunk, CONTENT, 0, 2000);
      assertThat(Failures.kindOf(() -> complete(chunk, CONTENT)))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      assertThat(Failures.kindOf(() -> write(chunk, CONTENT, 0, 1001)))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      write(chunk, CONTENT, 2000, LENGTH);
      complete(chunk, CONTENT);
    }
    commit(CONTENT);
  }

  @Test
  void a_wrong_place_is_refused() {
    for (long offset : new long[] {-1, 1, 100_000}) {
      assertThat(Failures.kindOf(() -> one.arriving(offset, LENGTH, Opened.call())))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
    }
    for (int length : new int[] {0, -1, one.chunkSize() + 1}) {
      assertThat(Failures.kindOf(() -> one.arriving(0, length, Opened.call())))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
    }
  }

  @Test
  void a_writer_that_has_let_go_takes_no_more() throws Exception {
    try (ArrivingChunk chunk = arriving(two)) {
      write(chunk, OTHER, 0, 1000);
      two.detach(Opened.call());
      assertThat(Failures.kindOf(() -> write(chunk, OTHER, 1000, LENGTH)))
          .isEqualTo(ErrorKind.CLOSED);
      assertThat(Failures.kindOf(() -> arriving(two))).isEqualTo(ErrorKind.CLOSED);
    }
    one.write(0, Chunk.wrap(ByteBuffer.wrap(CONTENT)), Opened.call());
    commit(CONTENT);
  }
}
