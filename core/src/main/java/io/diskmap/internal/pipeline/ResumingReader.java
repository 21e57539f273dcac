package io.diskmap.internal.pipeline;

import io.diskmap.ByteRange;
import io.diskmap.CallOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.FileRegion;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A reader that goes on where it was when the connection drops, on the same version (clauses R2,
 * R3).
 *
 * <p>For one thread. It goes on only with a strong version tag; a version that is gone ends in
 * CHANGED_DURING_READ, and an end before the last byte of the range is an error. It is the end of
 * its operation: closing it, or its failure, ends the records and the watch.
 */
final class ResumingReader implements StorageReader {
  private static final int BLOCK = 256 * 1024;

  /**
   * Up to here a block on the heap costs less than one outside, which has to be freed by itself.
   */
  private static final int SMALL = 64 * 1024;

  private static final long REGION_STEP = 16L * 1024 * 1024;

  private final StorageDriver driver;
  private final Retries retries;
  private final Operation operation;
  private final StoragePath path;
  private final ReadRequest.Access access;
  private final FileMetadata metadata;
  private final FileMetadata shown;
  private final ByteRange range;
  private final ProgressMeter progress;
  private @Nullable StorageReader reader;
  private @Nullable StorageException failed;
  private long position;
  private int failures;

  ResumingReader(
      StorageDriver driver,
      Retries retries,
      Operation operation,
      StoragePath path,
      ReadRequest request,
      CallOptions options,
      StorageReader first,
      FileMetadata shown) {
    this.driver = driver;
    this.retries = retries;
    this.operation = operation;
    this.path = path;
    this.access = request.access();
    this.reader = first;
    this.metadata = first.metadata();
    this.shown = shown;
    this.range = first.range();
    this.progress = new ProgressMeter(options, OptionalLong.of(range.length()));
  }

  @Override
  public FileMetadata metadata() {
    return shown;
  }

  @Override
  public ByteRange range() {
    return range;
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    if (failed != null) {
      throw failed;
    }
    if (position == range.length()) {
      return -1;
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    int start = target.position();
    while (true) {
      try {
        int count = readOnce(target);
        if (count < 0) {
          throw StorageException.of(
              ErrorKind.UNAVAILABLE,
              "The store ended the content %d bytes early; try again later."
                  .formatted(range.length() - position));
        }
        if (count > 0) {
          failures = 0;
          advance(count);
          return count;
        }
      } catch (StorageException e) {
        target.position(start);
        goOnAfter(e);
      }
    }
  }

  private int readOnce(ByteBuffer target) throws StorageException {
    Call call = operation.call();
    call.check();
    call.beginWait();
    try {
      return open().read(target);
    } finally {
      call.endWait();
    }
  }

  private void advance(long count) {
    position += count;
    operation.moved(count);
    progress.at(position);
    if (position == range.length()) {
      progress.end(position);
    }
  }

  private StorageReader open() throws StorageException {
    StorageReader current = reader;
    if (current == null) {
      ByteRange rest = ByteRange.of(range.offset() + position, range.length() - position);
      Optional<VersionTag> tag = Optional.of(metadata.versionTag());
      try {
        current = driver.openRead(path, new ReadRequest(rest, tag, access, operation.call()));
      } catch (StorageException e) {
        throw switch (e.kind()) {
          case NOT_FOUND, PRECONDITION_FAILED ->
              StorageException.of(
                  ErrorKind.CHANGED_DURING_READ,
                  "The file was replaced while it was read; read it again from the start.",
                  e);
          default -> e;
        };
      }
      reader = current;
    }
    return current;
  }

  private void goOnAfter(StorageException failure) throws StorageException {
    boolean resumable = metadata.versionTag().strong() && failure.kind().isTransient();
    dropReader();
    if (!resumable) {
      throw failFor(failure);
    }
    try {
      retries.pauseOrThrow(operation.call(), ++failures, failure);
    } catch (StorageException e) {
      throw failFor(e);
    }
  }

  private StorageException failFor(StorageException failure) {
    StorageException located = operation.fail(failure);
    failed = located;
    return located;
  }

  @Override
  public long transferTo(WritableByteChannel target) throws IOException {
    Optional<FileRegion> region = region();
    if (region.isPresent()) {
      return transferRegion(region.get(), target);
    }
    ByteBuffer block = block();
    long count = 0;
    while (read(block) >= 0) {
      block.flip();
      count += block.remaining();
      while (block.hasRemaining()) {
        target.write(block);
      }
      block.clear();
    }
    return count;
  }

  /** As much memory as is worth it: a direct buffer is dear for a small file. */
  private ByteBuffer block() {
    long left = range.length() - position;
    return left <= SMALL
        ? ByteBuffer.allocate((int) Math.max(1, left))
        : ByteBuffer.allocateDirect((int) Math.min(BLOCK, left));
  }

  /** The system copies from file to target, in steps that let the call end between them. */
  private long transferRegion(FileRegion region, WritableByteChannel target) throws IOException {
    long done = 0;
    while (done < region.length()) {
      operation.call().check();
      long step = Math.min(REGION_STEP, region.length() - done);
      long count = region.channel().transferTo(region.offset() + done, step, target);
      if (count <= 0) {
        throw failFor(
            StorageException.of(
                ErrorKind.CHANGED_DURING_READ, "The file became shorter while it was read."));
      }
      done += count;
      advance(count);
    }
    return done;
  }

  @Override
  public Optional<FileRegion> region() {
    StorageReader current = reader;
    return current == null || position > 0 ? Optional.empty() : current.region();
  }

  @Override
  public void sent(long count) {
    advance(count);
  }

  private void dropReader() {
    StorageReader current = reader;
    reader = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public void close() {
    dropReader();
    operation.succeed();
  }
}
