package io.diskmap.internal.pipeline;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Moves one content from its source into a driver: whole, measured, in bounded memory.
 *
 * <p>For one thread. The caller's thread reads the source into pooled chunks and sums them while
 * the driver writes the chunks before; a local file is left to the driver's own threads where it
 * can read it by itself; a content that fits one exchange goes as a {@code put}. Nothing is
 * committed before length and checksum are right.
 */
final class SavePump {
  /** How much of a content of unknown length is read before it goes as a stream. */
  private static final int LARGEST_UNKNOWN = 1024 * 1024;

  private final StorageDriver driver;
  private final ChunkPool chunks;
  private final Operation operation;
  private final SaveOptions options;
  private final WriteRequest request;
  private final Call call;

  SavePump(
      StorageDriver driver,
      ChunkPool chunks,
      Operation operation,
      SaveOptions options,
      WriteRequest request) {
    this.driver = driver;
    this.chunks = chunks;
    this.operation = operation;
    this.options = options;
    this.request = request;
    this.call = request.call();
  }

  /** Saves the content, opening it once. */
  FileMetadata save(StoragePath path, Content content) throws StorageException {
    OptionalLong length = content.length();
    requireExpectedLength(length);
    try (ReadableByteChannel channel = open(content);
        SourceReads source = new SourceReads(channel, call)) {
      ProgressMeter progress = new ProgressMeter(options.call(), length);
      FileMetadata saved =
          length.isPresent() && length.getAsLong() > driver.putLimit()
              ? stream(path, source, null, length, progress)
              : startSmall(path, source, length, progress);
      progress.end(saved.size());
      return saved;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.SOURCE_FAILED, "The source of the content failed to close.", e);
    }
  }

  private ReadableByteChannel open(Content content) throws StorageException {
    try {
      return content.open();
    } catch (StorageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw StorageException.of(
          ErrorKind.SOURCE_FAILED, "The source of the content cannot be opened.", e);
    }
  }

  /**
   * Reads up to the put limit; a content that ends there is put, a longer one goes on as a stream.
   */
  private FileMetadata startSmall(
      StoragePath path, SourceReads source, OptionalLong length, ProgressMeter progress)
      throws StorageException {
    int capacity = (int) Math.max(1, length.orElse(Math.min(driver.putLimit(), LARGEST_UNKNOWN)));
    Chunk first = chunks.lease().acquire(capacity, call);
    boolean owned = true;
    try {
      boolean full = length.orElse(1) > 0 && source.fill(first.buffer());
      if (full && length.isEmpty()) {
        first.seal();
        return stream(path, source, first, length, progress);
      }
      if (length.isPresent() && length.getAsLong() > 0 && !full) {
        throw tooShort(length.getAsLong(), first.buffer().position());
      }
      first.seal();
      ContentSums sums = new ContentSums(needsSha256());
      sums.add(first);
      requireEnd(source, length);
      operation.moved(sums.length());
      progress.at(sums.length());
      CommitRequest commit = checked(sums);
      if (!driver.announcesEffects()) {
        call.effect();
      }
      owned = false;
      return withSums(driver.put(path, first, commit, request), commit.computed());
    } finally {
      if (owned) {
        first.release();
      }
    }
  }

  private FileMetadata stream(
      StoragePath path,
      SourceReads source,
      @Nullable Chunk begun,
      OptionalLong length,
      ProgressMeter progress)
      throws StorageException {
    try (StorageWriter writer = driver.openWrite(path, request)) {
      Optional<ContentSums> departed = departing(writer, source, begun, length, progress);
      ContentSums sums =
          departed.isPresent() ? departed.get() : held(writer, source, begun, length, progress);
      requireEnd(source, length);
      CommitRequest commit = checked(sums);
      return withSums(commit(writer, commit), commit.computed());
    }
  }

  /** Sends a local file's chunks while they are read; empty where that cannot be. */
  private Optional<ContentSums> departing(
      StorageWriter writer,
      SourceReads source,
      @Nullable Chunk begun,
      OptionalLong length,
      ProgressMeter progress)
      throws StorageException {
    Optional<FileChannel> file = source.file();
    if (file.isEmpty() || length.isEmpty() || begun != null || needsSha256()) {
      return Optional.empty();
    }
    long known = length.getAsLong();
    Optional<ContentSums> sums =
        new DepartingFile(file.get(), known, chunks, operation, progress, call).moveInto(writer);
    if (sums.isPresent()) {
      source.skipTo(known);
    }
    return sums;
  }

  /** Reads one chunk after the other and sums it, while the writer writes the chunks before. */
  private ContentSums held(
      StorageWriter writer,
      SourceReads source,
      @Nullable Chunk begun,
      OptionalLong length,
      ProgressMeter progress)
      throws StorageException {
    ContentSums sums = new ContentSums(needsSha256());
    ChunkPool.Lease lease = chunks.lease();
    ByteBuffer head = begun == null ? ByteBuffer.allocate(0) : begun.data();
    boolean more = true;
    while (more && sums.length() < length.orElse(Long.MAX_VALUE)) {
      long left = length.orElse(Long.MAX_VALUE) - sums.length();
      int size = (int) Math.min(writer.chunkSize(), left);
      Chunk chunk = lease.acquire(size, call);
      boolean owned = true;
      try {
        more = fill(chunk.buffer(), head, source);
        if (chunk.buffer().position() == 0) {
          break;
        }
        chunk.seal();
        long offset = sums.length();
        sums.add(chunk);
        int moved = chunk.length();
        owned = false;
        write(writer, offset, chunk);
        operation.moved(moved);
        progress.at(sums.length());
      } finally {
        if (owned) {
          chunk.release();
        }
      }
    }
    if (length.isPresent() && sums.length() < length.getAsLong()) {
      throw tooShort(length.getAsLong(), sums.length());
    }
    return sums;
  }

  private static boolean fill(ByteBuffer target, ByteBuffer head, SourceReads source)
      throws StorageException {
    if (head.hasRemaining()) {
      int count = Math.min(head.remaining(), target.remaining());
      target.put(head.slice(head.position(), count));
      head.position(head.position() + count);
    }
    return source.fill(target);
  }

  private void write(StorageWriter writer, long offset, Chunk chunk) throws StorageException {
    call.beginWait();
    try {
      writer.write(offset, chunk, call);
    } finally {
      call.endWait();
    }
  }

  private FileMetadata commit(StorageWriter writer, CommitRequest commit) throws StorageException {
    call.check();
    call.effect();
    call.beginWait();
    try {
      return writer.commit(commit);
    } finally {
      call.endWait();
    }
  }

  private boolean needsSha256() {
    return request.record().contains(ChecksumAlgorithm.SHA256)
        || options.expectedChecksum().stream()
            .anyMatch(c -> c.algorithm() == ChecksumAlgorithm.SHA256);
  }

  private CommitRequest checked(ContentSums sums) throws StorageException {
    requireExpectedLength(OptionalLong.of(sums.length()));
    List<Checksum> computed = sums.finish();
    ContentSums.require(options.expectedChecksum(), computed);
    return new CommitRequest(sums.length(), computed, call);
  }

  private void requireExpectedLength(OptionalLong length) throws StorageException {
    OptionalLong expected = options.expectedLength();
    if (expected.isPresent() && length.isPresent() && length.getAsLong() != expected.getAsLong()) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "The content has %d bytes where %d were expected; nothing was saved."
              .formatted(length.getAsLong(), expected.getAsLong()));
    }
  }

  private static void requireEnd(SourceReads source, OptionalLong length) throws StorageException {
    if (length.isPresent() && source.fill(ByteBuffer.allocate(1))) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "The source gives more than the %d bytes it announced; nothing was saved."
              .formatted(length.getAsLong()));
    }
  }

  private static StorageException tooShort(long announced, long given) {
    return StorageException.of(
        ErrorKind.LENGTH_MISMATCH,
        "The source ended after %d of the %d bytes it announced; nothing was saved."
            .formatted(given, announced));
  }

  private static FileMetadata withSums(FileMetadata saved, List<Checksum> computed) {
    return saved.withChecksums(computed);
  }
}
