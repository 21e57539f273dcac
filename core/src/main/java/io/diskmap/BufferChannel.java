package io.diskmap;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A buffer as a channel. For one thread. */
final class BufferChannel implements ReadableByteChannel {
  private final ByteBuffer bytes;
  private boolean open = true;

  BufferChannel(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read(ByteBuffer target) {
    if (!bytes.hasRemaining()) {
      return target.hasRemaining() ? -1 : 0;
    }
    int count = Math.min(bytes.remaining(), target.remaining());
    target.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    return count;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
