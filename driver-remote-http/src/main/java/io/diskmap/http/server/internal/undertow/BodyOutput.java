package io.diskmap.http.server.internal.undertow;

import io.diskmap.http.internal.socket.SocketBlock;
import io.diskmap.http.server.internal.RateGuard;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.xnio.channels.StreamSinkChannel;

/**
 * A response body as a blocking stream that waits no longer than the minimum rate allows. For the
 * one thread that serves the request. Small writes gather in a buffer; closing ends the response.
 */
final class BodyOutput extends OutputStream {
  private final StreamSinkChannel channel;
  private final RateGuard rate;
  private final ByteBuffer buffer;
  private boolean closed;

  BodyOutput(StreamSinkChannel channel, RateGuard rate, long length) {
    this.channel = channel;
    this.rate = rate;
    this.buffer =
        ByteBuffer.allocate(
            length < 0 ? SocketBlock.BYTES : (int) Math.min(length, SocketBlock.BYTES));
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("the response has ended");
    }
    if (length > buffer.remaining()) {
      drain();
    }
    if (length > buffer.remaining()) {
      send(ByteBuffer.wrap(source, offset, length));
    } else {
      buffer.put(source, offset, length);
    }
  }

  /**
   * Sends a part of a file without a copy, where the connection is not encrypted.
   *
   * <p>The beginning goes through the buffer: while the head of the response is still to be sent,
   * Undertow reads the file at the channel's own position and not at the one it is given.
   */
  void send(FileChannel file, long offset, long length, LongConsumer sent) throws IOException {
    drain();
    long at = offset;
    long end = offset + length;
    buffer.limit((int) Math.min(buffer.capacity(), length));
    while (buffer.hasRemaining()) {
      int count = file.read(buffer, at);
      if (count < 0) {
        throw new IOException("the file became shorter while it was sent");
      }
      at += count;
    }
    drain();
    sent.accept(at - offset);
    rate.resume();
    while (at < end) {
      long count = channel.transferFrom(file, at, Math.min(end - at, SocketBlock.BYTES));
      if (count > 0) {
        at += count;
        rate.moved(count);
        sent.accept(count);
      } else if (at >= file.size()) {
        throw new IOException("the file became shorter while it was sent");
      } else {
        await();
      }
    }
  }

  /** Sends a part of a file through a buffer. */
  void copy(FileChannel file, long offset, long length, LongConsumer sent) throws IOException {
    drain();
    ByteBuffer block = ByteBuffer.allocateDirect((int) Math.min(length, 4 * SocketBlock.BYTES));
    long at = offset;
    long end = offset + length;
    while (at < end) {
      block.clear().limit((int) Math.min(block.capacity(), end - at));
      int count = file.read(block, at);
      if (count < 0) {
        throw new IOException("the file became shorter while it was sent");
      }
      at += count;
      send(block.flip());
      sent.accept(count);
    }
  }

  @Override
  public void flush() throws IOException {
    drain();
    rate.resume();
    while (!channel.flush()) {
      await();
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      drain();
      channel.shutdownWrites();
      rate.resume();
      while (!channel.flush()) {
        await();
      }
    }
  }

  private void drain() throws IOException {
    if (buffer.position() > 0) {
      send(buffer.flip());
      buffer.clear();
    }
  }

  private void send(ByteBuffer octets) throws IOException {
    rate.resume();
    while (octets.hasRemaining()) {
      int count = channel.write(octets);
      rate.moved(count);
      if (count == 0) {
        await();
      }
    }
  }

  private void await() throws IOException {
    rate.moved(0);
    channel.awaitWritable(rate.patienceMillis(), TimeUnit.MILLISECONDS);
  }
}
