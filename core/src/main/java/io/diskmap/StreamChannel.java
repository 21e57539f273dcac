package io.diskmap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A stream as a channel, read in blocks of 64 KiB; a stream that is a channel too is read as one,
 * with no copy in between. For one thread.
 */
final class StreamChannel implements ReadableByteChannel {
  private static final int BLOCK = 64 * 1024;

  private final InputStream in;
  private final boolean owned;
  private byte[] block = new byte[0];
  private boolean open = true;

  /** Closing the channel closes the stream only where it is owned. */
  StreamChannel(InputStream in, boolean owned) {
    this.in = in;
    this.owned = owned;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    if (in instanceof ReadableByteChannel channel) {
      return channel.read(target);
    }
    if (target.hasArray()) {
      int count =
          in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
      if (count > 0) {
        target.position(target.position() + count);
      }
      return count;
    }
    if (block.length < Math.min(BLOCK, target.remaining())) {
      block = new byte[Math.min(BLOCK, target.remaining())];
    }
    int count = in.read(block, 0, Math.min(block.length, target.remaining()));
    if (count > 0) {
      target.put(block, 0, count);
    }
    return count;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    if (owned) {
      in.close();
    }
  }
}
