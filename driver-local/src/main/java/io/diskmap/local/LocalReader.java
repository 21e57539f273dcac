package io.diskmap.local;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.FileRegion;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/**
 * The bytes of an open file. For one thread.
 *
 * <p>The open file is the version: a save that replaces it meanwhile leaves it as it is, until it
 * is closed. A program that writes into the very file is found out at the end, by size and time.
 */
final class LocalReader implements StorageReader {
  private static final long TRANSFER = 8 << 20;

  private final FileMetadata metadata;
  private final ByteRange range;
  private final FileChannel file;
  private final Unchanged unchanged;
  private final Call call;
  private final long end;
  private long position;

  /** Asks whether the file under the name, where it is still the one that is open, has changed. */
  @FunctionalInterface
  interface Unchanged {
    boolean holds() throws IOException;
  }

  LocalReader(
      FileMetadata metadata, ByteRange range, FileChannel file, Unchanged unchanged, Call call) {
    this.metadata = metadata;
    this.range = range;
    this.file = file;
    this.unchanged = unchanged;
    this.call = call;
    this.position = range.offset();
    this.end = range.offset() + range.length();
  }

  @Override
  public FileMetadata metadata() {
    return metadata;
  }

  @Override
  public ByteRange range() {
    return range;
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    call.check();
    if (position >= end) {
      return -1;
    }
    int limit = target.limit();
    try {
      target.limit((int) Math.min(limit, target.position() + (end - position)));
      if (!target.hasRemaining()) {
        return 0;
      }
      int count = file.read(target, position);
      if (count < 0) {
        throw changed();
      }
      moved(count);
      return count;
    } catch (IOException e) {
      throw failure(e);
    } finally {
      target.limit(limit);
    }
  }

  private void moved(long count) throws IOException {
    position += count;
    call.progressed();
    if (position >= end && !unchanged.holds()) {
      throw changed();
    }
  }

  @Override
  public long transferTo(WritableByteChannel target) throws IOException {
    long start = position;
    while (position < end) {
      call.check();
      long count = file.transferTo(position, Math.min(TRANSFER, end - position), target);
      if (count <= 0 && file.size() < end) {
        throw changed();
      }
      moved(count);
    }
    return position - start;
  }

  @Override
  public Optional<FileRegion> region() {
    return Optional.of(new FileRegion(file, position, end - position));
  }

  private static StorageException changed() {
    return StorageException.of(
        ErrorKind.CHANGED_DURING_READ,
        "Another program wrote into the file while it was read; read it again.");
  }

  /** A handle that the server has forgotten means that the version is gone there. */
  private static StorageException failure(IOException e) {
    if (LocalErrors.isStale(e)) {
      return StorageException.of(
          ErrorKind.CHANGED_DURING_READ,
          "The file server removed the version that is read (stale handle); read it again.",
          e);
    }
    return LocalErrors.of(e);
  }

  @Override
  public void close() {
    Quietly.close(file);
  }
}
