package io.diskmap.http.server;

import io.diskmap.ByteRange;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.FileRegion;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A part of a {@link KeptFile}. For one thread; closing it closes no file. */
final class KeptFileReader implements StorageReader {
  private final KeptFile file;
  private final ByteRange range;
  private final Runnable release;
  private long position;

  /**
   * The part that the options ask for.
   *
   * @throws StorageException PRECONDITION_FAILED where they ask for another version
   */
  KeptFileReader(KeptFile file, DownloadOptions options, Runnable release) throws StorageException {
    this(file, options.range().within(file.metadata().size()), release);
    if (options.ifMatch().isPresent()
        && !options.ifMatch().get().matches(file.metadata().versionTag())) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED, "The download is one of another version of the file.");
    }
  }

  KeptFileReader(KeptFile file, ByteRange range, Runnable release) {
    this.file = file;
    this.range = range;
    this.release = release;
  }

  @Override
  public FileMetadata metadata() {
    return file.metadata();
  }

  @Override
  public ByteRange range() {
    return range;
  }

  @Override
  public Optional<FileRegion> region() {
    return Optional.of(
        new FileRegion(file.channel(), range.offset() + position, range.length() - position));
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    if (position == range.length()) {
      return -1;
    }
    int limit = target.limit();
    try {
      target.limit((int) Math.min(limit, target.position() + range.length() - position));
      int count = file.channel().read(target, range.offset() + position);
      if (count < 0) {
        throw StorageException.of(
            ErrorKind.CHANGED_DURING_READ, "The file became shorter while it was read.");
      }
      sent(count);
      return count;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.UNAVAILABLE, "The open file cannot be read.", e);
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public void sent(long count) {
    position += count;
    file.sent(count, range.offset() + position);
  }

  @Override
  public void close() {
    release.run();
  }
}
