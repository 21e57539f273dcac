package io.diskmap.internal.pipeline;

import io.diskmap.ByteRange;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A read-only, seekable channel over one version of a file.
 *
 * <p>For one thread. Where the bytes are in an open local file every read is one positional read of
 * it; else reads in a row share a download, and a seek opens another at the new position.
 */
final class SeekableReader implements SeekableByteChannel {
  /** Opens a download of the same file. */
  @FunctionalInterface
  interface Opener {
    Download open(DownloadOptions options) throws StorageException;
  }

  /** A seek this far ahead reads on instead of asking again. */
  private static final long READ_ON = 256 * 1024;

  private final Opener opener;
  private final FileMetadata pinned;
  private final Download first;
  private final Optional<FileRegion> region;
  private @Nullable Download current;
  private long currentPosition;
  private long position;
  private boolean open = true;

  SeekableReader(Opener opener) throws StorageException {
    this.opener = opener;
    this.first = opener.open(DownloadOptions.defaults());
    this.pinned = first.metadata();
    this.region = first.region();
    this.current = first;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    requireOpen();
    if (position >= pinned.size()) {
      return -1;
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    int count = region.isPresent() ? readRegion(region.get(), target) : readStream(target);
    position += count;
    return count;
  }

  private int readRegion(FileRegion file, ByteBuffer target) throws IOException {
    int limit = target.limit();
    long left = pinned.size() - position;
    if (target.remaining() > left) {
      target.limit(target.position() + (int) left);
    }
    try {
      int count = file.channel().read(target, file.offset() + position);
      if (count <= 0) {
        throw StorageException.of(
            ErrorKind.CHANGED_DURING_READ, "The file became shorter while it was read.");
      }
      return count;
    } finally {
      target.limit(limit);
    }
  }

  private int readStream(ByteBuffer target) throws IOException {
    Download stream = streamAt(position);
    int count = stream.channel().read(target);
    if (count > 0) {
      currentPosition += count;
    }
    return count;
  }

  private Download streamAt(long wanted) throws IOException {
    Download stream = current;
    if (stream != null && wanted >= currentPosition && wanted - currentPosition <= READ_ON) {
      currentPosition += stream.skip(wanted - currentPosition);
    } else {
      if (stream != null) {
        stream.close();
      }
      current = null;
      stream = reopenAt(wanted);
      current = stream;
      currentPosition = wanted;
    }
    return stream;
  }

  private Download reopenAt(long wanted) throws StorageException {
    DownloadOptions options = DownloadOptions.defaults().withRange(ByteRange.from(wanted));
    if (pinned.versionTag().strong()) {
      options = options.withIfMatch(pinned.versionTag());
    }
    try {
      Download again = opener.open(options);
      if (!again.metadata().versionTag().value().equals(pinned.versionTag().value())) {
        closeQuietly(again);
        throw changed(null);
      }
      return again;
    } catch (StorageException e) {
      throw switch (e.kind()) {
        case NOT_FOUND, PRECONDITION_FAILED -> changed(e);
        default -> e;
      };
    }
  }

  private static void closeQuietly(Download download) throws StorageException {
    try {
      download.close();
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.UNAVAILABLE, "The download cannot be closed.", e);
    }
  }

  private static StorageException changed(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.CHANGED_DURING_READ,
        "The file was replaced while it was read; open it again.",
        cause);
  }

  @Override
  public long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    requireOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("a position is not negative");
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() throws IOException {
    requireOpen();
    return pinned.size();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  private void requireOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void close() throws IOException {
    if (open) {
      open = false;
      Download stream = current;
      current = null;
      if (stream != null && stream != first) {
        stream.close();
      }
      first.close();
    }
  }
}
