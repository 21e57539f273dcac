package io.diskmap.http.server.internal.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Shows each octet that a connection receives, behind TLS, to {@link RequestFraming} before
 * Undertow parses it. One per connection; called by the thread that reads the connection.
 *
 * <p>Malformed framing in a head is handed on as one NUL, which Undertow answers with 400 and a
 * closed connection; inside a body it is an error of the read.
 */
final class FramingConduit extends AbstractStreamSourceConduit<StreamSourceConduit> {
  private final RequestFraming framing;
  private boolean refused;

  FramingConduit(StreamSourceConduit next, RequestFraming framing) {
    super(next);
    this.framing = framing;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (refused) {
      throw new IOException("the peer broke the framing of HTTP");
    }
    int start = target.position();
    int count = next.read(target);
    if (count > 0 && !framing.accept(target, start, start + count)) {
      refused = true;
      if (framing.insideBody()) {
        target.position(start);
        throw new IOException("the peer broke the framing of a request body");
      }
      target.put(start, (byte) 0);
      target.position(start + 1);
      return 1;
    }
    return count;
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      if (targets[i].hasRemaining()) {
        return read(targets[i]);
      }
    }
    return 0;
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
  }

  @Override
  public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target)
      throws IOException {
    return IoUtils.transfer(new ConduitReadableByteChannel(this), count, throughBuffer, target);
  }
}
