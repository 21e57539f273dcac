package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Packing;
import io.diskmap.spi.record.Published;
import io.diskmap.spi.record.RequestText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The record of one chunked save, {@code uploads/<id>}: what it means, which chunks are staged, and
 * how it ended.
 *
 * <p>Thread-safe, also among processes: every fact has its own place and is written there by one
 * write, so several processes write chunks of one upload, and a kill leaves each fact whole or
 * absent.
 *
 * <pre>
 *     0  head: path, chunk size, request         up to 16 KiB
 *        intent: the file about to be published  17 KiB
 *        outcome: the answer of the commit       18 KiB
 *        chunks: length, CRC-32C, state, check   20 KiB + 16 each, in order
 * </pre>
 */
final class UploadRecord implements AutoCloseable {
  private static final int HEAD_BYTES = 16 * 1024;
  private static final int INTENT_AT = 17 * 1024;
  private static final int OUTCOME_AT = 18 * 1024;
  private static final int CHUNKS_AT = 20 * 1024;
  private static final int CHUNK_BYTES = 16;

  /**
   * A staged chunk.
   *
   * @param length how many bytes
   * @param crc their CRC-32C
   * @param synced whether they are on stable storage
   */
  record ChunkEntry(int length, int crc, boolean synced) {
    /** Whether both tell of the same bytes. */
    boolean isSameContent(ChunkEntry other) {
      return length == other.length && crc == other.crc;
    }
  }

  /** The head of a record. */
  record Head(StoragePath path, int chunkSize, WriteRequest request) {}

  private final ReopeningFile file;
  private final Head head;

  /** The record in a file that holds this head. */
  UploadRecord(ReopeningFile file, Head head) {
    this.file = file;
    this.head = head;
  }

  /** The bytes of a head. */
  static byte[] pack(Head head) throws StorageException {
    byte[] block =
        Packing.pack(
            out -> {
              out.writeUTF(head.path().value());
              out.writeInt(head.chunkSize());
              RequestText.write(out, head.request());
            });
    if (block.length > HEAD_BYTES) {
      throw StorageException.of(ErrorKind.TOO_LARGE, "The attributes do not fit a record.");
    }
    return block;
  }

  /** Reads a record; empty where a kill cut its head short, so that nothing was staged. */
  static Optional<UploadRecord> load(ReopeningFile file, Call call) throws StorageException {
    byte[] bytes = read(file, 0, HEAD_BYTES, call);
    try {
      return Packing.unpack(
              bytes,
              0,
              in ->
                  new Head(StoragePath.of(in.readUTF()), in.readInt(), RequestText.read(in, call)))
          .map(head -> new UploadRecord(file, head));
    } catch (IOException e) {
      throw Quietly.damaged(e);
    }
  }

  private static byte[] read(ReopeningFile file, long position, int length, Call call)
      throws StorageException {
    return file.run(
        call,
        f -> {
          byte[] bytes = new byte[length];
          f.read(position, ByteBuffer.wrap(bytes), call);
          return bytes;
        });
  }

  private void write(long position, byte[] block, Call call) throws StorageException {
    file.run(
        call,
        f -> {
          f.write(position, ByteBuffer.wrap(block), call);
          return f;
        });
  }

  StoragePath path() {
    return head.path();
  }

  int chunkSize() {
    return head.chunkSize();
  }

  WriteRequest request() {
    return head.request();
  }

  /** Keeps what is about to be published, so that a lost outcome can be told by looking. */
  void intent(Published answer, Call call) throws StorageException {
    write(INTENT_AT, Packing.pack(answer::write), call);
  }

  /** Keeps the answer of the commit. */
  void outcome(Published answer, Call call) throws StorageException {
    write(OUTCOME_AT, Packing.pack(answer::write), call);
  }

  /** What the record tells of the commit: the outcome or else the intent, and which of them. */
  Optional<Ending> ending(Call call) throws StorageException {
    byte[] bytes = read(file, INTENT_AT, CHUNKS_AT - INTENT_AT, call);
    try {
      Optional<Published> outcome = Packing.unpack(bytes, OUTCOME_AT - INTENT_AT, Published::read);
      if (outcome.isPresent()) {
        return outcome.map(answer -> new Ending(answer, true));
      }
      return Packing.unpack(bytes, 0, Published::read).map(answer -> new Ending(answer, false));
    } catch (IOException e) {
      throw Quietly.damaged(e);
    }
  }

  /** How far a commit came: decided, or only about to be. */
  record Ending(Published answer, boolean decided) {}

  /** Keeps that a chunk is staged. */
  void chunk(long index, ChunkEntry entry, Call call) throws StorageException {
    chunks(index, List.of(entry), call);
  }

  /** Keeps that these chunks are staged, which follow one another from an index on. */
  void chunks(long first, List<ChunkEntry> entries, Call call) throws StorageException {
    ByteBuffer block = ByteBuffer.allocate(entries.size() * CHUNK_BYTES);
    long index = first;
    for (ChunkEntry entry : entries) {
      int start = block.position();
      block.putInt(entry.length()).putInt(entry.crc()).putInt(entry.synced() ? 1 : 0);
      block.putInt(check(block.array(), start, index));
      index++;
    }
    write(position(first), block.array(), call);
  }

  /** Takes back that a chunk is staged. */
  void forget(long index, Call call) throws StorageException {
    write(position(index), new byte[CHUNK_BYTES], call);
  }

  /** A staged chunk; empty where there is none. */
  Optional<ChunkEntry> chunk(long index, Call call) throws StorageException {
    return entry(read(file, position(index), CHUNK_BYTES, call), 0, index);
  }

  /** The staged chunks in order, gaps left out. */
  TreeMap<Long, ChunkEntry> chunks(Call call) throws StorageException {
    TreeMap<Long, ChunkEntry> found = new TreeMap<>();
    long size = file.run(call, f -> f.stat(call)).size();
    int block = 8192;
    for (long first = 0; position(first) < size; first += block) {
      int count = (int) Math.min(block, (size - position(first) + CHUNK_BYTES - 1) / CHUNK_BYTES);
      byte[] bytes = read(file, position(first), count * CHUNK_BYTES, call);
      for (int i = 0; i < count; i++) {
        long index = first + i;
        entry(bytes, i * CHUNK_BYTES, index).ifPresent(entry -> found.put(index, entry));
      }
    }
    return found;
  }

  private static Optional<ChunkEntry> entry(byte[] bytes, int at, long index) {
    ByteBuffer in = ByteBuffer.wrap(bytes, at, CHUNK_BYTES);
    ChunkEntry entry = new ChunkEntry(in.getInt(), in.getInt(), in.getInt() != 0);
    boolean whole = entry.length() > 0 && in.getInt() == check(bytes, at, index);
    return whole ? Optional.of(entry) : Optional.empty();
  }

  private static int check(byte[] bytes, int at, long index) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, 12);
    crc.update(ByteBuffer.allocate(8).putLong(index).flip());
    return (int) crc.getValue();
  }

  private static long position(long index) {
    return CHUNKS_AT + index * CHUNK_BYTES;
  }

  @Override
  public void close() {
    file.close();
  }
}
