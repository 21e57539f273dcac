package io.diskmap.local;

import io.diskmap.ByteRange;
import io.diskmap.Checksum;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.local.UploadRecord.ChunkEntry;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.record.Checks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The staged file of a chunked save and its record: which bytes are there, and whether they are
 * right.
 *
 * <p>Thread-safe. On a file system of this machine a chunk is recorded once its write returned: the
 * system keeps the bytes though the process is killed. On a mount it is recorded only after a
 * force, since another machine may have to go on. A chunk that was staged before the machine
 * started anew, or by another machine, counts once its bytes were read and have the recorded CRC.
 */
final class StagedUpload implements AutoCloseable {
  private static final int FORCE_EVERY = 16;
  private static final int BLOCK = 1 << 20;

  private record Pending(long index, ChunkEntry entry) {}

  private final UploadRecord record;
  private final SharedChannel file;
  private final WriteBack writeBack;
  private final ChunkPlaces places;
  private final boolean recordAtOnce;
  private final ConcurrentLinkedQueue<Pending> pending = new ConcurrentLinkedQueue<>();

  StagedUpload(
      UploadRecord record,
      SharedChannel file,
      WriteBack writeBack,
      ChunkPlaces places,
      boolean recordAtOnce) {
    this.record = record;
    this.file = file;
    this.writeBack = writeBack;
    this.places = places;
    this.recordAtOnce = recordAtOnce;
  }

  UploadRecord record() {
    return record;
  }

  /** Stages a chunk; a refusal is a StorageException, a failure of the system is not. */
  void write(long offset, Chunk chunk) throws IOException {
    try (ChunkPlaces.Place place = enter(offset)) {
      place.lock.lock();
      try {
        Optional<ChunkEntry> present = present(place, offset);
        if (present.isPresent()) {
          requireSame(present.get(), chunk.length(), chunk.crc32c());
          return;
        }
        file.write(chunk.data(), offset);
        staged(place, offset, chunk.length(), chunk.crc32c());
      } finally {
        place.lock.unlock();
      }
    }
  }

  /** Enters the place of the chunk at an offset. */
  ChunkPlaces.Place enter(long offset) {
    return places.enter(record.request().writeId(), index(offset));
  }

  private long index(long offset) {
    return offset / record.chunkSize();
  }

  /** Writes a piece of a chunk, unless that is staged already. */
  void writePiece(ChunkPlaces.Place place, long offset, int at, ByteBuffer piece)
      throws IOException {
    place.lock.lock();
    try {
      if (present(place, offset).isEmpty()) {
        file.write(piece, offset + at);
      }
    } finally {
      place.lock.unlock();
    }
  }

  /** Stages the pieces as a chunk. */
  void complete(ChunkPlaces.Place place, long offset, int length, int crc) throws IOException {
    place.lock.lock();
    try {
      Optional<ChunkEntry> present = present(place, offset);
      if (present.isPresent()) {
        requireSame(present.get(), length, crc);
        return;
      }
      if (place.isShared() && !isThere(offset, length, crc)) {
        throw StorageException.of(
            ErrorKind.BUSY, "Two callers send different bytes at this offset; send them again.");
      }
      staged(place, offset, length, crc);
    } finally {
      place.lock.unlock();
    }
  }

  private boolean isThere(long offset, int length, int crc) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    return file.read(bytes, offset) == length && Crc32c.of(bytes.flip()) == crc;
  }

  private Optional<ChunkEntry> present(ChunkPlaces.Place place, long offset) throws IOException {
    return place.staged.isPresent() ? place.staged : valid(index(offset));
  }

  private void staged(ChunkPlaces.Place place, long offset, int length, int crc)
      throws IOException {
    writeBack.wrote(length);
    ChunkEntry entry = new ChunkEntry(length, crc, ThisProcess.BOOT);
    note(index(offset), entry);
    place.staged = Optional.of(entry);
  }

  private static void requireSame(ChunkEntry present, int length, int crc) throws StorageException {
    if (present.length() != length || present.crc() != crc) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED,
          "Other bytes are staged at this offset already; abort the upload and begin another one.");
    }
  }

  private void note(long index, ChunkEntry entry) throws IOException {
    if (recordAtOnce) {
      record.chunk(index, entry);
      return;
    }
    pending.add(new Pending(index, entry));
    if (pending.size() >= FORCE_EVERY) {
      flush();
    }
  }

  /** Records every chunk whose write has returned. */
  void flush() throws IOException {
    List<Pending> now = new ArrayList<>();
    for (Pending each = pending.poll(); each != null; each = pending.poll()) {
      now.add(each);
    }
    if (now.isEmpty()) {
      return;
    }
    file.force();
    for (Pending each : now) {
      record.chunk(each.index(), each.entry());
    }
    record.force();
  }

  /** The recorded chunk, if its bytes are there for certain. */
  private Optional<ChunkEntry> valid(long index) throws IOException {
    Optional<ChunkEntry> entry = record.chunk(index);
    if (entry.isEmpty() || !entry.get().isDoubtful()) {
      return entry;
    }
    ChunkEntry doubtful = entry.get();
    if (!isThere(index * record.chunkSize(), doubtful.length(), doubtful.crc())) {
      record.forget(index);
      return Optional.empty();
    }
    ChunkEntry checked = new ChunkEntry(doubtful.length(), doubtful.crc(), ThisProcess.BOOT);
    record.chunk(index, checked);
    return Optional.of(checked);
  }

  /** The staged ranges, in order and joined. */
  List<ByteRange> received(Call call) throws IOException {
    flush();
    List<ByteRange> ranges = new ArrayList<>();
    long[] open = {-1, -1};
    record.forEach(
        (index, entry) -> {
          call.check();
          Optional<ChunkEntry> valid = entry.isDoubtful() ? valid(index) : Optional.of(entry);
          if (valid.isEmpty()) {
            return;
          }
          long start = index * record.chunkSize();
          if (open[1] != start) {
            addRange(ranges, open);
            open[0] = start;
          }
          open[1] = start + valid.get().length();
        });
    addRange(ranges, open);
    return ranges;
  }

  private static void addRange(List<ByteRange> ranges, long[] open) {
    if (open[0] >= 0) {
      ranges.add(ByteRange.of(open[0], open[1] - open[0]));
    }
  }

  /**
   * The CRC-32C of exactly this many bytes, joined from the chunks; a gap or a surplus is refused.
   */
  int joined(long length, Call call) throws IOException {
    int size = record.chunkSize();
    long count = (length + size - 1) / size;
    long[] next = {0};
    int[] crc = {0};
    record.forEach(
        (index, entry) -> {
          call.check();
          Optional<ChunkEntry> valid = entry.isDoubtful() ? valid(index) : Optional.of(entry);
          long wanted = Math.min(size, length - index * (long) size);
          if (valid.isEmpty()) {
            return;
          }
          if (index != next[0] || index >= count || valid.get().length() != wanted) {
            throw gap(index * (long) size, length);
          }
          crc[0] = Crc32c.join(crc[0], valid.get().crc(), valid.get().length());
          next[0]++;
        });
    if (next[0] != count) {
      throw gap(next[0] * size, length);
    }
    return crc[0];
  }

  private static StorageException gap(long offset, long length) {
    return Checks.lengthMismatch(
        "The chunks that are staged do not make up %d bytes: look at offset %d. Send what is missing."
            .formatted(length, offset));
  }

  /** The SHA-256 of the staged bytes. */
  Checksum sha256(long length, Call call) throws IOException {
    MessageDigest digest = Checks.newSha256();
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    for (long at = 0; at < length; at += block.limit()) {
      call.check();
      block.clear().limit((int) Math.min(BLOCK, length - at));
      file.readFully(block, at);
      digest.update(block.flip());
      call.progressed();
    }
    return Checks.sha256(digest);
  }

  /**
   * Ends the writing: the file has exactly this length, and what the system was told to write is.
   */
  void seal(long length) throws IOException {
    writeBack.finish();
    if (file.size() > length) {
      file.use(channel -> channel.truncate(length));
    }
    Checks.stored(file.size(), length);
  }

  /** Dates the file by the store's clock at this moment: a slow upload is not born old. */
  void touch(long length) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    if (length > 0) {
      file.readFully(last, length - 1);
      file.write(last.flip(), length - 1);
    } else {
      file.write(last, 0);
      file.use(channel -> channel.truncate(0));
    }
  }

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    try {
      writeBack.finish();
    } finally {
      file.close();
      record.close();
    }
  }
}
