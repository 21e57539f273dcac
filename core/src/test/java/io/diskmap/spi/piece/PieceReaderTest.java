package io.diskmap.spi.piece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.EntryType;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PieceReaderTest {
  private static final int PIECE = 64 * 1024;

  private final byte[] stored = new byte[40 * PIECE + 1_234];
  private final ChunkPool chunks = new ChunkPool(8L << 20);
  private final Stored file = new Stored();

  PieceReaderTest() {
    new Random(3).nextBytes(stored);
  }

  @AfterEach
  void all_memory_is_given_back() {
    assertThat(chunks.usedBytes()).isZero();
  }

  /** A file in memory; it counts what is under way. */
  private final class Stored implements OpenPieces {
    int underWay;
    int most;
    int asked;
    int closed;
    int failsAt = Integer.MAX_VALUE;
    boolean changed;

    @Override
    public Piece ask(long offset, int length, Chunk chunk) throws StorageException {
      if (asked == failsAt) {
        throw StorageException.of(ErrorKind.UNAVAILABLE, "The line is cut.");
      }
      asked++;
      most = Math.max(most, ++underWay);
      return new Piece() {
        @Override
        public void await() {
          underWay--;
          chunk.buffer().duplicate().position(0).put(stored, (int) offset, length);
        }

        @Override
        public void end() {
          underWay--;
        }
      };
    }

    @Override
    public void requireSameVersion() throws StorageException {
      if (changed) {
        throw StorageException.of(ErrorKind.CHANGED_DURING_READ, "The file was changed.");
      }
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private StorageReader reader(ByteRange wanted, int head, int ahead) throws StorageException {
    FileMetadata metadata =
        new FileMetadata(
            StoragePath.of("file"),
            EntryType.FILE,
            stored.length,
            Instant.EPOCH,
            VersionTag.strong("1"),
            Optional.empty(),
            List.of(),
            Map.of());
    ByteRange range = wanted.within(stored.length);
    ByteBuffer came = ByteBuffer.wrap(stored, (int) range.offset(), head);
    return new PieceReader(
        file,
        new PieceReader.Content(metadata, range, came),
        new PieceReader.Pieces(PIECE, ahead),
        chunks,
        Call.unbounded(CallContext.none()));
  }

  private static byte[] readAll(StorageReader reader) throws StorageException {
    ByteBuffer target = ByteBuffer.allocate((int) reader.range().length() + 1);
    while (reader.read(target) >= 0) {
      assertThat(target.hasRemaining()).isTrue();
    }
    byte[] content = new byte[target.flip().remaining()];
    target.get(content);
    return content;
  }

  @Test
  void the_pieces_come_in_order_with_more_and_more_of_them_under_way() throws Exception {
    try (StorageReader reader = reader(ByteRange.all(), 1_000, 16)) {
      assertThat(readAll(reader)).isEqualTo(stored);
    }
    assertThat(file.most).isEqualTo(16);
    assertThat(file.closed).isEqualTo(1);
  }

  @Test
  void a_range_begins_with_what_came_with_the_opening() throws Exception {
    try (StorageReader reader = reader(ByteRange.of(5, 2 * PIECE), 1_000, 1)) {
      assertThat(readAll(reader)).isEqualTo(Arrays.copyOfRange(stored, 5, 5 + 2 * PIECE));
    }
    assertThat(file.most).isEqualTo(1);
    try (StorageReader reader = reader(ByteRange.first(10), 1_000, 8)) {
      assertThat(readAll(reader)).isEqualTo(Arrays.copyOf(stored, 10));
    }
    assertThat(file.asked).isEqualTo(2);
  }

  @Test
  void a_close_gives_up_what_is_under_way_and_ends_the_reader() throws Exception {
    StorageReader reader = reader(ByteRange.all(), 0, 8);
    assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(1);
    assertThat(file.underWay).isEqualTo(8);
    reader.close();
    reader.close();
    assertThat(file.underWay).isZero();
    assertThat(file.closed).isEqualTo(1);
    assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CLOSED));
  }

  @Test
  void what_cannot_be_asked_for_keeps_no_memory() throws Exception {
    file.failsAt = 2;
    try (StorageReader reader = reader(ByteRange.all(), 0, 8)) {
      assertThatThrownBy(() -> readAll(reader)).hasMessageContaining("The line is cut.");
    }
    assertThat(file.underWay).isZero();
  }

  @Test
  void a_changed_file_is_noticed_before_its_last_bytes_are_given_out() throws Exception {
    file.changed = true;
    try (StorageReader reader = reader(ByteRange.first(3 * PIECE), 0, 8)) {
      ByteBuffer target = ByteBuffer.allocate(4 * PIECE);
      assertThatThrownBy(
              () -> {
                while (reader.read(target) >= 0) {
                  assertThat(target.hasRemaining()).isTrue();
                }
              })
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> assertThat(e.kind()).isEqualTo(ErrorKind.CHANGED_DURING_READ));
      assertThat(target.position()).isLessThanOrEqualTo(2 * PIECE);
    }
  }
}
