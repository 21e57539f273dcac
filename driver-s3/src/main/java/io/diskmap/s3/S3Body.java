package io.diskmap.s3;

import io.diskmap.spi.Chunk;
import java.io.InputStream;
import java.nio.ByteBuffer;
import software.amazon.awssdk.core.sync.RequestBody;

/** A chunk's bytes as the body of a request, from the start each time. For one thread. */
final class S3Body extends InputStream {
  private final ByteBuffer data;
  private int marked;

  private S3Body(ByteBuffer data) {
    this.data = data;
  }

  static RequestBody of(Chunk chunk) {
    return RequestBody.fromContentProvider(() -> stream(chunk), chunk.length(), S3Meta.NO_TYPE);
  }

  /** The bytes from the start. */
  static InputStream stream(Chunk chunk) {
    return new S3Body(chunk.data());
  }

  @Override
  public int read() {
    return data.hasRemaining() ? data.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!data.hasRemaining()) {
      return -1;
    }
    int count = Math.min(length, data.remaining());
    data.get(target, offset, count);
    return count;
  }

  @Override
  public int available() {
    return data.remaining();
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public void mark(int limit) {
    marked = data.position();
  }

  @Override
  public void reset() {
    data.position(marked);
  }
}
