package io.diskmap.smb.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection that carries frames with their length before them.
 *
 * <p>Thread-safe. The thread that sends writes what fits at once and never waits; the rest goes out
 * by the connection's own thread, which also reads. The channel never blocks, so an interrupt of a
 * caller does not close it.
 */
final class Socket implements AutoCloseable {
  private static final int LONGEST = (1 << 24) - 1;
  private static final int STAGING = 256 * 1024;
  private static final int SPARE = 16;
  private static final int MAX_GATHER = 16;

  /** Takes what arrives, in the connection's own thread. */
  interface Receiver {
    /** A frame of this many bytes; a few bytes behind it are free for use, the array is reused. */
    void frame(byte[] bytes, int length) throws IOException;

    /** The end of the connection; the last call. */
    void ended(Throwable why);
  }

  private record Frame(ByteBuffer bytes, Runnable sent) {}

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ReentrantLock sending = new ReentrantLock();
  private final Deque<Frame> waiting = new ArrayDeque<>();
  private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
  private volatile boolean backlog;
  private volatile long lastReceived = System.nanoTime();

  private Socket(SocketChannel channel, Selector selector, SelectionKey key) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
  }

  /** Connects within this time; nothing is read before {@link #start}. */
  static Socket connect(String host, int port, Duration timeout) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    SocketChannel channel = SocketChannel.open();
    Selector selector = null;
    boolean connected = false;
    try {
      selector = Selector.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
      if (!channel.connect(address)) {
        awaitConnected(channel, selector, timeout);
      }
      connected = true;
      return new Socket(channel, selector, key);
    } finally {
      if (!connected) {
        channel.close();
        if (selector != null) {
          selector.close();
        }
      }
    }
  }

  private static void awaitConnected(SocketChannel channel, Selector selector, Duration timeout)
      throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!channel.finishConnect()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no connection within " + timeout);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new ConnectException("interrupted while connecting");
      }
      selector.select(left);
    }
  }

  /** Begins to read, in a thread of this name. */
  void start(String threadName, Receiver receiver) {
    Thread reader = new Thread(() -> read(receiver), threadName);
    reader.setDaemon(true);
    reader.start();
  }

  /** Sends a frame, its length included; the action runs once it is out or dropped. */
  void send(ByteBuffer frame, Runnable sent) throws IOException {
    boolean more;
    sending.lock();
    try {
      if (end.get() != null) {
        sent.run();
        throw new ConnectionLostException("the connection has ended", end.get(), false);
      }
      waiting.addLast(new Frame(frame, sent));
      try {
        more = drain();
      } catch (IOException e) {
        end(e);
        throw new ConnectionLostException("the connection broke", e, true);
      }
    } finally {
      sending.unlock();
    }
    if (more) {
      backlog = true;
      selector.wakeup();
    }
  }

  /** Writes what fits; whether something is left. */
  private boolean drain() throws IOException {
    while (!waiting.isEmpty()) {
      ByteBuffer[] batch =
          waiting.stream().limit(MAX_GATHER).map(Frame::bytes).toArray(ByteBuffer[]::new);
      long written = channel.write(batch);
      while (!waiting.isEmpty() && !waiting.element().bytes().hasRemaining()) {
        waiting.remove().sent().run();
      }
      if (written == 0) {
        return true;
      }
    }
    return false;
  }

  /** For how long nothing came from the server. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastReceived);
  }

  boolean isOpen() {
    return end.get() == null;
  }

  /** Ends the connection for this cause; its own thread does the rest. */
  void end(Throwable why) {
    if (end.compareAndSet(null, why)) {
      selector.wakeup();
    }
  }

  @Override
  public void close() {
    end(new ClosedChannelException());
  }

  /** Frees a connection that was never started. */
  void discard() {
    close();
    release();
  }

  private void read(Receiver receiver) {
    try {
      ByteBuffer staging = ByteBuffer.allocateDirect(STAGING).order(ByteOrder.BIG_ENDIAN).limit(0);
      byte[] frame = new byte[8192];
      while (true) {
        fill(staging, 4);
        int length = staging.getInt();
        if (length < 0 || length > LONGEST) {
          throw new IOException("what answers at the port does not speak SMB 2");
        }
        if (frame.length < length + SPARE) {
          frame = new byte[length + SPARE];
        }
        int have = 0;
        while (have < length) {
          if (!staging.hasRemaining()) {
            fill(staging, 1);
          }
          int count = Math.min(staging.remaining(), length - have);
          staging.get(frame, have, count);
          have += count;
        }
        receiver.frame(frame, length);
      }
    } catch (IOException | RuntimeException e) {
      end.compareAndSet(null, e);
    } finally {
      release();
      Throwable why = end.get();
      receiver.ended(why == null ? new ClosedChannelException() : why);
    }
  }

  private void release() {
    try {
      channel.close();
      selector.close();
    } catch (IOException e) {
      end.compareAndSet(null, e);
    }
    sending.lock();
    try {
      waiting.forEach(frame -> frame.sent().run());
      waiting.clear();
    } finally {
      sending.unlock();
    }
  }

  /** Reads until this many bytes are there; sends what waits in between. */
  private void fill(ByteBuffer staging, int least) throws IOException {
    while (staging.remaining() < least) {
      if (end.get() != null) {
        throw new ClosedChannelException();
      }
      staging.compact();
      int count;
      try {
        count = channel.read(staging);
      } finally {
        staging.flip();
      }
      if (count < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (backlog) {
        flush();
      }
      if (count > 0) {
        lastReceived = System.nanoTime();
      } else {
        await();
      }
    }
  }

  private void flush() throws IOException {
    sending.lock();
    try {
      backlog = drain();
    } finally {
      sending.unlock();
    }
  }

  private void await() throws IOException {
    try {
      key.interestOps(SelectionKey.OP_READ | (backlog ? SelectionKey.OP_WRITE : 0));
      selector.select();
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw new ClosedChannelException();
    }
  }
}
