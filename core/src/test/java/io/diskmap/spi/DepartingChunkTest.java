package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part of a file is sent as it was when it was summed, or not at all. */
final class DepartingChunkTest {
  private static final int FROM = 1000;
  private static final int LENGTH = 300_000;

  @TempDir private Path directory;

  private final Call call = Call.unbounded(CallContext.none());
  private final ChunkPool memory = new ChunkPool(1 << 20);
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private byte[] content;
  private Path path;
  private FileChannel file;
  private DepartingChunk chunk;

  @BeforeEach
  void open() throws IOException {
    content = new byte[FROM + LENGTH + 500];
    new Random(7).nextBytes(content);
    path = Files.write(directory.resolve("source"), content);
    file = FileChannel.open(path, StandardOpenOption.READ);
    chunk = new DepartingChunk(file, FROM, LENGTH, memory);
  }

  @AfterEach
  void close() throws IOException {
    file.close();
    assertThat(memory.usedBytes()).as("memory that was not given back").isZero();
  }

  private byte[] part() {
    return Arrays.copyOfRange(content, FROM, FROM + LENGTH);
  }

  private void take(ByteBuffer piece) {
    byte[] bytes = new byte[piece.remaining()];
    piece.get(bytes);
    sent.writeBytes(bytes);
  }

  private void alter(int position) throws IOException {
    try (FileChannel writer = FileChannel.open(path, StandardOpenOption.WRITE)) {
      writer.write(ByteBuffer.wrap(new byte[] {(byte) ~content[position]}), position);
    }
  }

  private void cut(int length) throws IOException {
    try (FileChannel writer = FileChannel.open(path, StandardOpenOption.WRITE)) {
      writer.truncate(length);
    }
  }

  private static void assertFails(ErrorKind kind, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void its_bytes_leave_in_pieces_and_may_leave_again() throws IOException {
    assertThat(chunk.length()).isEqualTo(LENGTH);
    assertThat(chunk.isSummed()).isFalse();
    assertThat(chunk.crc32c(call)).isEqualTo(Crc32c.of(ByteBuffer.wrap(part())));
    assertThat(chunk.isSummed()).isTrue();
    chunk.copyTo(this::take, call);
    assertThat(sent.toByteArray()).isEqualTo(part());
    sent.reset();
    chunk.copyTo(this::take, call);
    assertThat(sent.toByteArray()).isEqualTo(part());
  }

  @Test
  void its_bytes_are_moved_from_any_offset() throws IOException {
    WritableByteChannel target = Channels.newChannel(sent);
    for (int offset = 0; offset < LENGTH; ) {
      offset += (int) chunk.transferTo(offset, 70_001, target, call);
    }
    assertThat(sent.toByteArray()).isEqualTo(part());
  }

  @Test
  void a_file_that_is_altered_after_the_sum_never_leaves_whole() throws IOException {
    assertThat(chunk.crc32c(call)).isEqualTo(Crc32c.of(ByteBuffer.wrap(part())));
    alter(FROM + 10);
    assertFails(ErrorKind.SOURCE_FAILED, () -> chunk.copyTo(this::take, call));
    assertThat(sent.size()).isLessThan(LENGTH);
    assertFails(ErrorKind.SOURCE_FAILED, () -> chunk.requireUnaltered(call));
  }

  @Test
  void what_is_altered_beside_it_does_not_matter() throws IOException {
    chunk.requireUnaltered(call);
    alter(FROM - 1);
    alter(FROM + LENGTH);
    chunk.requireUnaltered(call);
    chunk.copyTo(this::take, call);
    assertThat(sent.toByteArray()).isEqualTo(part());
  }

  @Test
  void a_file_that_ends_too_early_is_refused() throws IOException {
    cut(FROM + LENGTH - 1);
    assertFails(ErrorKind.LENGTH_MISMATCH, () -> chunk.crc32c(call));
    assertFails(ErrorKind.LENGTH_MISMATCH, () -> chunk.copyTo(this::take, call));
    assertThat(sent.size()).isZero();
    cut(FROM + 5);
    assertFails(
        ErrorKind.LENGTH_MISMATCH, () -> chunk.transferTo(5, 100, Channels.newChannel(sent), call));
  }

  @Test
  void a_file_that_cannot_be_read_is_the_source_s_failure_and_a_target_s_its_own()
      throws IOException {
    IOException full = new IOException("full");
    assertThatThrownBy(
            () ->
                chunk.copyTo(
                    piece -> {
                      throw full;
                    },
                    call))
        .isSameAs(full);
    WritableByteChannel closed = Channels.newChannel(sent);
    closed.close();
    assertThatThrownBy(() -> chunk.transferTo(0, 100, closed, call))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(StorageException.class);
    file.close();
    assertFails(ErrorKind.SOURCE_FAILED, () -> chunk.requireUnaltered(call));
    assertFails(
        ErrorKind.SOURCE_FAILED, () -> chunk.transferTo(0, 100, Channels.newChannel(sent), call));
  }

  @Test
  void the_end_of_the_call_comes_before_its_consequences() throws IOException {
    call.end(StorageException.of(ErrorKind.CANCELLED, "The call was given up."));
    file.close();
    assertFails(ErrorKind.CANCELLED, () -> chunk.crc32c(call));
    assertFails(ErrorKind.CANCELLED, () -> chunk.copyTo(this::take, call));
  }
}
