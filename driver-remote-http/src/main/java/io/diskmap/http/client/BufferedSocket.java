package io.diskmap.http.client;

import io.diskmap.http.internal.socket.SocketBlock;
import io.diskmap.spi.Call;
import io.diskmap.spi.DepartingChunk;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's socket that reads and writes in large blocks, moves chunks straight from their file,
 * and knows since when a read or a write stands still. As thread-safe as any socket.
 *
 * <p>A read takes what the kernel has and never waits to fill the block.
 */
final class BufferedSocket extends Socket {
  private static final Logger LOG = LoggerFactory.getLogger(BufferedSocket.class);
  private static final int INPUT = 256 * 1024;

  private final SocketChannel channel;
  private final long stallNanos;
  private final Consumer<BufferedSocket> closed;

  /**
   * Held while the system moves a part of a file, because in Java 17 it may go on after a close,
   * into whatever has the descriptor then; a close wakes it and leaves the rest to it.
   */
  private final ReentrantLock moving = new ReentrantLock();

  private @Nullable InputStream input;
  private @Nullable ChannelOutput output;

  /** When the read under way began; 0 without one. */
  private volatile long readingSince;

  /** When the write under way began; 0 without one. */
  private volatile long writingSince;

  /** Whether what is written waits for a full block, or for the next flush after this. */
  private volatile boolean gathering;

  private volatile boolean stalled;
  private volatile boolean closing;

  /** Not connected yet; the action is told of its close. */
  BufferedSocket(long stallNanos, Consumer<BufferedSocket> closed) throws IOException {
    this(new ChannelSocket(), stallNanos, closed);
  }

  private BufferedSocket(ChannelSocket socket, long stallNanos, Consumer<BufferedSocket> closed)
      throws IOException {
    super(socket);
    this.channel = socket.channel();
    this.stallNanos = stallNanos;
    this.closed = closed;
    setTcpNoDelay(true);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    if (input == null) {
      input = new BufferedInputStream(new WatchedInput(super.getInputStream()), INPUT);
    }
    return input;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return output();
  }

  private ChannelOutput output() throws IOException {
    ChannelOutput made = output;
    if (made == null) {
      super.getOutputStream();
      made = new ChannelOutput();
      output = made;
    }
    return made;
  }

  /**
   * Sends a chunk from its file, behind all that was written before; the action is told of steps.
   */
  void send(DepartingChunk chunk, Runnable moved, Call call) throws IOException {
    output().send(chunk, moved, call);
  }

  /** Lets what is written wait for a full block, whoever flushes, until this is taken back. */
  void gather(boolean on) {
    gathering = on;
  }

  /** Ends the connection where a read or a write stands still for too long. */
  void breakWhereStalled() {
    if (isTooLong(readingSince) || isTooLong(writingSince)) {
      stalled = true;
      try {
        close();
      } catch (IOException e) {
        LOG.debug("a connection that stood still could not be closed", e);
      }
    }
  }

  private boolean isTooLong(long since) {
    return since != 0 && System.nanoTime() - since > stallNanos;
  }

  @Override
  public void close() throws IOException {
    closed.accept(this);
    closing = true;
    if (moving.tryLock()) {
      try {
        super.close();
      } finally {
        moving.unlock();
      }
    } else {
      wakeMove();
    }
  }

  private void closeAfterMove() throws IOException {
    if (closing) {
      close();
    }
  }

  private void wakeMove() {
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      LOG.debug("the connection is closed already", e);
    }
  }

  /** What a failure means: that of a socket which was closed because it stood still, or its own. */
  private IOException meaning(IOException failure) {
    if (!stalled) {
      return failure;
    }
    SocketTimeoutException timeout = new SocketTimeoutException("the connection stood still");
    timeout.initCause(failure);
    return timeout;
  }

  /** Notes when each read began. */
  private final class WatchedInput extends FilterInputStream {
    WatchedInput(InputStream source) {
      super(source);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      readingSince = System.nanoTime() | 1;
      try {
        return in.read(target, offset, length);
      } catch (IOException e) {
        throw meaning(e);
      } finally {
        readingSince = 0;
      }
    }
  }

  /** Gathers what is written, and notes when each write began. One that failed fails for good. */
  private final class ChannelOutput extends OutputStream {
    private final ByteBuffer block = ByteBuffer.allocateDirect(SocketBlock.BYTES);
    private @Nullable IOException broken;

    @Override
    public void write(int octet) throws IOException {
      block.put((byte) octet);
      flushWhenFull();
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int count = Math.min(length - done, block.remaining());
        block.put(source, offset + done, count);
        done += count;
        flushWhenFull();
      }
    }

    private void flushWhenFull() throws IOException {
      if (!block.hasRemaining()) {
        drain();
      }
    }

    @Override
    public void flush() throws IOException {
      if (!gathering) {
        drain();
      }
    }

    private void drain() throws IOException {
      if (broken != null) {
        throw new IOException("the connection is broken", broken);
      }
      block.flip();
      writingSince = System.nanoTime() | 1;
      try {
        while (block.hasRemaining()) {
          channel.write(block);
        }
      } catch (IOException e) {
        throw failed(e);
      } finally {
        writingSince = 0;
        block.clear();
      }
    }

    void send(DepartingChunk chunk, Runnable moved, Call call) throws IOException {
      flush();
      for (int sent = 0; sent < chunk.length(); ) {
        sent += move(chunk, sent, call);
        moved.run();
      }
    }

    private int move(DepartingChunk chunk, int offset, Call call) throws IOException {
      moving.lock();
      writingSince = System.nanoTime() | 1;
      try {
        if (closing) {
          throw new SocketException("the connection is closed");
        }
        return (int) chunk.transferTo(offset, SocketBlock.BYTES, channel, call);
      } catch (IOException e) {
        throw failed(e);
      } finally {
        writingSince = 0;
        moving.unlock();
        closeAfterMove();
      }
    }

    private IOException failed(IOException failure) {
      IOException meaning = meaning(failure);
      broken = meaning;
      return meaning;
    }

    @Override
    public void close() throws IOException {
      BufferedSocket.this.close();
    }
  }
}
