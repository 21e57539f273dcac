package io.diskmap.local;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Packing;
import io.diskmap.spi.record.Published;
import io.diskmap.spi.record.RequestText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
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
 *     0  head: path, chunk size, request         up to {@value #INODE_AT}
 *        inode of the staged file                16 KiB
 *        intent: the file about to be published  16 KiB + 128
 *        outcome: the answer of the commit       16 KiB + 256
 *        chunks: length, CRC-32C, boot, check    20 KiB + 16 each, in order
 * </pre>
 */
final class UploadRecord implements AutoCloseable {
  static final int INODE_AT = 16 * 1024;
  private static final int INTENT_AT = INODE_AT + 128;
  private static final int OUTCOME_AT = INODE_AT + 256;
  private static final int CHUNKS_AT = 20 * 1024;
  private static final int CHUNK_BYTES = 16;

  /**
   * A staged chunk.
   *
   * @param length how many bytes
   * @param crc their CRC-32C
   * @param boot the run of the machine that staged it
   */
  record ChunkEntry(int length, int crc, int boot) {
    /** Whether the bytes may have been lost since, so that they count only once they were read. */
    boolean isDoubtful() {
      return boot != ThisProcess.BOOT;
    }
  }

  /** The head of a record. */
  record Head(StoragePath path, int chunkSize, WriteRequest request) {}

  private final SharedChannel file;
  private final Head head;

  private UploadRecord(SharedChannel file, Head head) {
    this.file = file;
    this.head = head;
  }

  /** Writes the head of a new record. */
  static UploadRecord begin(SharedChannel file, Head head) throws IOException {
    byte[] block =
        Packing.pack(
            out -> {
              out.writeUTF(head.path().value());
              out.writeInt(head.chunkSize());
              RequestText.write(out, head.request());
            });
    if (block.length > INODE_AT) {
      throw new IOException("the request does not fit its record");
    }
    file.write(ByteBuffer.wrap(block), 0);
    return new UploadRecord(file, head);
  }

  /** Reads a record; empty where a kill cut its head short, so that nothing was staged. */
  static Optional<UploadRecord> load(SharedChannel file, Call call) throws IOException {
    return Packing.unpack(
            read(file, 0, INODE_AT),
            0,
            in -> new Head(pathOf(in.readUTF()), in.readInt(), RequestText.read(in, call)))
        .map(head -> new UploadRecord(file, head));
  }

  private static StoragePath pathOf(String text) throws StorageException {
    return StoragePath.of(text);
  }

  private static byte[] read(SharedChannel file, long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.read(ByteBuffer.wrap(bytes), position);
    return bytes;
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

  /** Keeps which file is staged, so that no other is taken for it. */
  void inode(long inode) throws IOException {
    byte[] block = Packing.pack(out -> out.writeLong(inode));
    file.write(ByteBuffer.wrap(block), INODE_AT);
  }

  /** Which file is staged; empty before it was made. */
  Optional<Long> inode() throws IOException {
    return Packing.unpack(read(file, INODE_AT, 128), 0, in -> in.readLong());
  }

  /** Keeps what is about to be published, so that a lost outcome can be told by looking. */
  void intent(Published answer) throws IOException {
    write(INTENT_AT, answer);
  }

  Optional<Published> intent() throws IOException {
    return Packing.unpack(read(file, INTENT_AT, OUTCOME_AT - INTENT_AT), 0, Published::read);
  }

  /** Keeps the answer of the commit. */
  void outcome(Published answer) throws IOException {
    write(OUTCOME_AT, answer);
  }

  Optional<Published> outcome() throws IOException {
    return Packing.unpack(read(file, OUTCOME_AT, CHUNKS_AT - OUTCOME_AT), 0, Published::read);
  }

  private void write(int position, Published answer) throws IOException {
    file.write(ByteBuffer.wrap(Packing.pack(answer::write)), position);
  }

  /** Keeps that a chunk is staged. */
  void chunk(long index, ChunkEntry entry) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(CHUNK_BYTES);
    block.putInt(entry.length()).putInt(entry.crc()).putInt(entry.boot());
    block.putInt(check(block.array(), 0, index)).flip();
    file.write(block, position(index));
  }

  /** Takes back that a chunk is staged. */
  void forget(long index) throws IOException {
    file.write(ByteBuffer.allocate(CHUNK_BYTES), position(index));
  }

  /** A staged chunk; empty where there is none. */
  Optional<ChunkEntry> chunk(long index) throws IOException {
    return entry(read(file, position(index), CHUNK_BYTES), 0, index);
  }

  /** How many chunks the record has places for: beyond them there is none. */
  long chunks() throws IOException {
    return Math.max(0, (file.size() - CHUNKS_AT + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /** Walks through the staged chunks in order, gaps left out. */
  void forEach(ChunkVisitor visitor) throws IOException {
    int block = 4096;
    long count = chunks();
    for (long first = 0; first < count; first += block) {
      byte[] bytes = read(file, position(first), block * CHUNK_BYTES);
      for (int i = 0; i < Math.min(block, count - first); i++) {
        Optional<ChunkEntry> entry = entry(bytes, i * CHUNK_BYTES, first + i);
        if (entry.isPresent()) {
          visitor.visit(first + i, entry.get());
        }
      }
    }
  }

  /** Sees one staged chunk. */
  @FunctionalInterface
  interface ChunkVisitor {
    void visit(long index, ChunkEntry entry) throws IOException;
  }

  private static Optional<ChunkEntry> entry(byte[] bytes, int at, long index) {
    ByteBuffer in = ByteBuffer.wrap(bytes, at, CHUNK_BYTES);
    ChunkEntry entry = new ChunkEntry(in.getInt(), in.getInt(), in.getInt());
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

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
