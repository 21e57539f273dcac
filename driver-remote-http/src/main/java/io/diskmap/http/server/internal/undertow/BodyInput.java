package io.diskmap.http.server.internal.undertow;

import io.diskmap.http.server.internal.RateGuard;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.channels.StreamSourceChannel;

/**
 * A request body as a blocking stream that waits no longer than the minimum rate allows. For the
 * one thread that serves the request. It reads straight into the caller's array or buffer.
 */
final class BodyInput extends InputStream implements ReadableByteChannel {
  private final StreamSourceChannel channel;
  private final RateGuard rate;
  private boolean ended;

  BodyInput(StreamSourceChannel channel, RateGuard rate) {
    this.channel = channel;
    this.rate = rate;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return read(ByteBuffer.wrap(target, offset, length));
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (ended || !target.hasRemaining()) {
      return ended ? -1 : 0;
    }
    rate.resume();
    while (true) {
      int count = channel.read(target);
      if (count != 0) {
        ended = count < 0;
        rate.moved(Math.max(0, count));
        return count;
      }
      rate.moved(0);
      channel.awaitReadable(rate.patienceMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {
    // The exchange owns its connection.
  }
}
