package io.diskmap.spi.staged;

import io.diskmap.Checksum;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.staged.UploadRecord.ChunkEntry;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bytes of a chunked save as they lie in the hidden file: which can be relied on, and their
 * sums.
 *
 * <p>Thread-safe. A chunk that this writer has not written itself, and that was not put on stable
 * storage by the one who did, may have been lost with the server's memory: it counts only once it
 * was read.
 */
final class StagedContent {
  private final StagedDisk disk;
  private final UploadRecord record;
  private final ReopeningFile file;
  private final Map<Long, ChunkEntry> unsynced = new ConcurrentHashMap<>();
  private final Set<Long> verified = ConcurrentHashMap.newKeySet();

  StagedContent(StagedDisk disk, UploadRecord record, ReopeningFile file) {
    this.disk = disk;
    this.record = record;
    this.file = file;
  }

  /** Notes that a chunk of this writer is in the file and in the record. */
  void acknowledged(long index, ChunkEntry entry) {
    unsynced.put(index, entry);
  }

  /** Puts this writer's chunks on stable storage and says so in the record. */
  void sync(Call call) throws StorageException {
    Map<Long, ChunkEntry> settled = Map.copyOf(unsynced);
    if (settled.isEmpty()) {
      return;
    }
    file.run(
        call,
        f -> {
          f.sync(call);
          return f;
        });
    for (Map.Entry<Long, ChunkEntry> each : settled.entrySet()) {
      ChunkEntry entry = each.getValue();
      record.chunk(each.getKey(), new ChunkEntry(entry.length(), entry.crc(), true), call);
      unsynced.remove(each.getKey());
      call.progressed();
    }
  }

  /** The chunks that can be relied on; those that turn out damaged are taken out of the record. */
  TreeMap<Long, ChunkEntry> trusted(Set<Long> own, Call call) throws StorageException {
    TreeMap<Long, ChunkEntry> chunks = record.chunks(call);
    for (Map.Entry<Long, ChunkEntry> chunk : new TreeMap<>(chunks).entrySet()) {
      Long index = chunk.getKey();
      ChunkEntry entry = chunk.getValue();
      boolean known = entry.synced() || own.contains(index) || verified.contains(index);
      if (known || isIntact(index, entry, call)) {
        verified.add(index);
      } else {
        record.forget(index, call);
        chunks.remove(index);
      }
    }
    return chunks;
  }

  private boolean isIntact(long index, ChunkEntry entry, Call call) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocate(entry.length());
    read(index * record.chunkSize(), bytes, call);
    return bytes.position() == entry.length() && Crc32c.of(bytes.flip()) == entry.crc();
  }

  /** Fills a buffer from the hidden file, as far as that goes. */
  void read(long offset, ByteBuffer target, Call call) throws StorageException {
    file.run(
        call,
        f -> {
          target.clear();
          f.read(offset, target, call);
          return f;
        });
    call.progressed();
  }

  /** The SHA-256 of what is staged. */
  Checksum sha256(long length, Call call) throws StorageException {
    MessageDigest digest = Checks.newSha256();
    ByteBuffer block = ByteBuffer.allocate(disk.options.chunkSize());
    for (long at = 0; at < length; ) {
      read(at, block, call);
      if (block.position() == 0) {
        throw Checks.lengthMismatch("The staged file is shorter than its chunks; save it again.");
      }
      at += block.position();
      digest.update(block.flip());
    }
    return Checks.sha256(digest);
  }
}
