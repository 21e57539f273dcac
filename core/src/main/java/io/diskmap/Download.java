package io.diskmap;

import io.diskmap.spi.FileRegion;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one version of a file, or of a range of it; closed by the caller.
 *
 * <p>For one thread. The end of the stream means that every byte came: a short body is an error
 * (clause R2). Closing early returns at once and gives the connection back (clause R5).
 */
public final class Download extends InputStream {
  private final StorageReader reader;
  private final byte[] single = new byte[1];
  private @Nullable ReadableByteChannel channel;
  private long position;
  private boolean closed;

  /** A download of what the reader gives; closing it closes the reader. */
  public Download(StorageReader reader) {
    this.reader = reader;
  }

  /** The file's metadata, of the very version that is read. */
  public FileMetadata metadata() {
    return reader.metadata();
  }

  /** Which bytes of the file come, inside the file's size. */
  public ByteRange range() {
    return reader.range();
  }

  /** How many bytes come. */
  public long length() {
    return reader.range().length();
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    return length == 0 ? 0 : read(ByteBuffer.wrap(target, offset, length));
  }

  private int read(ByteBuffer target) throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The download is closed.");
    }
    int count = reader.read(target);
    position += Math.max(count, 0);
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] block = new byte[(int) Math.min(64 * 1024, Math.max(1, count))];
    long skipped = 0;
    while (skipped < count) {
      int read = read(block, 0, (int) Math.min(block.length, count - skipped));
      if (read < 0) {
        break;
      }
      skipped += read;
    }
    return skipped;
  }

  /**
   * How many bytes are still to come, where an {@code int} holds it; none of them may be here yet.
   */
  @Override
  public int available() {
    return 0;
  }

  @Override
  public long transferTo(OutputStream out) throws IOException {
    return transferTo(Channels.newChannel(out));
  }

  /** Writes all remaining bytes to a channel, without a copy where the driver can. */
  public long transferTo(WritableByteChannel target) throws IOException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The download is closed.");
    }
    long count = reader.transferTo(target);
    position += count;
    return count;
  }

  /** The remaining bytes as a channel; closing it closes the download. */
  public ReadableByteChannel channel() {
    ReadableByteChannel existing = channel;
    if (existing == null) {
      existing =
          new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) throws IOException {
              return target.hasRemaining() ? Download.this.read(target) : 0;
            }

            @Override
            public boolean isOpen() {
              return !closed;
            }

            @Override
            public void close() throws IOException {
              Download.this.close();
            }
          };
      channel = existing;
    }
    return existing;
  }

  /**
   * The remaining bytes as a part of an open local file, where the driver has one: a server sends
   * it with no copy, and a replace in the middle still gives the old bytes. Valid until the close.
   */
  public Optional<FileRegion> region() {
    return closed
        ? Optional.empty()
        : reader
            .region()
            .map(r -> new FileRegion(r.channel(), r.offset() + position, r.length() - position));
  }

  /** Notes that this many bytes of the {@link #region} were sent; they count as read. */
  public void sent(long count) {
    position += count;
    reader.sent(count);
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      reader.close();
    }
  }
}
