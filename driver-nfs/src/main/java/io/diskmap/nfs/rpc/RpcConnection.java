package io.diskmap.nfs.rpc;

import io.diskmap.nfs.xdr.XdrException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server, with any number of calls in flight.
 *
 * <p>Thread-safe. A thread of its own reads the replies and hands each to the handler of its call;
 * payloads go straight into the buffer that the handler names. When the connection ends, for
 * whatever cause, every handler that waits is told, and no buffer is touched afterwards.
 */
public final class RpcConnection implements AutoCloseable {
  private static final int FIRST_BUFFER = 1024;
  private static final int MOST_TRUSTED = 66 * 1024;
  private static final int XID_BYTES = 4;

  private final Wire wire;
  private final SendQueue queue;
  private final RecordInput input;
  private final int maxReply;
  private final Map<Integer, ReplyHandler> pending = new ConcurrentHashMap<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();
  private final Runnable onEnd;
  private volatile boolean backlog;
  private volatile long lastActivity = System.nanoTime();

  private RpcConnection(Wire wire, int maxReply, Runnable onEnd) {
    this.wire = wire;
    this.queue = new SendQueue(wire);
    this.input = new RecordInput(this::readSome);
    this.maxReply = maxReply;
    this.onEnd = onEnd;
  }

  /**
   * Connects.
   *
   * @param threadName of the thread that reads
   * @param maxReply the longest reply that is accepted
   * @param tls with whom TLS is spoken; empty for a connection in the clear
   * @param onEnd runs once the connection has ended and all its handlers know
   */
  public static RpcConnection connect(
      String host,
      int port,
      Optional<SSLContext> tls,
      Duration timeout,
      String threadName,
      int maxReply,
      Runnable onEnd)
      throws IOException {
    PlainWire plain = PlainWire.connect(host, port, timeout);
    Wire wire = plain;
    if (tls.isPresent()) {
      wire = TlsWire.over(plain, tls.get(), host, port, timeout);
    }
    return over(wire, threadName, maxReply, onEnd);
  }

  /** A connection over a wire that stands. */
  static RpcConnection over(Wire wire, String threadName, int maxReply, Runnable onEnd) {
    RpcConnection connection = new RpcConnection(wire, maxReply, onEnd);
    Thread reader = new Thread(connection::readReplies, threadName);
    reader.setDaemon(true);
    reader.start();
    return connection;
  }

  /**
   * Sends a call, or says to its handler that the connection is lost.
   *
   * @param xid unique among the calls in flight
   * @param message the call from its xid on; its buffers stay as they are until the handler is told
   */
  public void send(int xid, List<ByteBuffer> message, ReplyHandler handler) {
    if (pending.putIfAbsent(xid, handler) != null) {
      throw new IllegalArgumentException("a call with this xid is in flight");
    }
    if (ended.get()) {
      if (pending.remove(xid, handler)) {
        handler.lost(lost());
      }
      return;
    }
    try {
      if (!queue.send(message)) {
        backlog = true;
        wire.wakeUp();
      }
    } catch (IOException e) {
      end(e);
    }
  }

  /** Whether the connection has not ended. */
  public boolean isOpen() {
    return cause.get() == null && !ended.get();
  }

  /** For how long no byte has moved in either direction. */
  public Duration idle() {
    return Duration.ofNanos(System.nanoTime() - lastActivity);
  }

  /** Ends the connection; every handler that waits is told so by the connection's thread. */
  @Override
  public void close() {
    end(new ClosedChannelException());
  }

  /** Ends the connection for this cause. */
  public void end(Throwable why) {
    if (cause.compareAndSet(null, why)) {
      wire.wakeUp();
    }
  }

  private void readReplies() {
    try {
      while (true) {
        input.next();
        readReply();
      }
    } catch (IOException | RuntimeException e) {
      cause.compareAndSet(null, e);
    } finally {
      wire.close();
      queue.close();
      ended.set(true);
      IOException lost = lost();
      for (Integer xid : pending.keySet()) {
        ReplyHandler handler = pending.remove(xid);
        if (handler != null) {
          handler.lost(lost);
        }
      }
      onEnd.run();
    }
  }

  private ConnectionLostException lost() {
    Throwable why = cause.get();
    return new ConnectionLostException(
        "the connection to the server broke" + (why == null ? "" : ": " + why.getMessage()), why);
  }

  private void readReply() throws IOException {
    ByteBuffer start = ByteBuffer.allocate(XID_BYTES);
    if (!input.fill(start)) {
      throw new XdrException("a record is shorter than an xid");
    }
    int xid = start.getInt(0);
    ReplyHandler handler = pending.get(xid);
    if (handler == null) {
      input.skip(maxReply);
      return;
    }
    int headLength = handler.headLength();
    ByteBuffer message = ByteBuffer.allocate(firstCapacity(headLength)).putInt(xid);
    int payload = 0;
    boolean more = true;
    if (headLength > 0) {
      message.limit(headLength);
      more = input.fill(message);
      if (more) {
        ByteBuffer target = handler.target(message.duplicate().flip());
        payload = target.remaining();
        if (payload > 0 && !input.fill(target)) {
          throw new XdrException("a payload is shorter than announced");
        }
      }
      message.limit(message.capacity());
    }
    while (more) {
      more = input.fill(message);
      if (more) {
        message = larger(message);
      }
    }
    if (pending.remove(xid, handler)) {
      handler.reply(message.flip(), payload);
    }
  }

  /**
   * Room for the head of a payload, or for all of a reply that is as long as it announces; the byte
   * beyond shows its end. An announcement alone takes no more than a little memory.
   */
  private int firstCapacity(int headLength) {
    if (headLength > 0) {
      return Math.max(headLength, FIRST_BUFFER);
    }
    int announced = Math.min(input.announced(), MOST_TRUSTED);
    return Math.max(FIRST_BUFFER, Math.min(maxReply, XID_BYTES + announced + 1));
  }

  private ByteBuffer larger(ByteBuffer full) throws XdrException {
    if (full.capacity() >= maxReply) {
      throw new XdrException("a reply has more than " + maxReply + " bytes");
    }
    int capacity = (int) Math.min(maxReply, full.capacity() * 4L);
    return ByteBuffer.allocate(capacity).put(full.flip());
  }

  /** Reads at least one byte; sends what waits in between. */
  private void readSome(ByteBuffer target) throws IOException {
    while (true) {
      Throwable why = cause.get();
      if (why != null) {
        throw new ClosedChannelException();
      }
      int count = wire.read(target);
      if (count < 0) {
        throw new java.io.EOFException("the server closed it");
      }
      if (backlog) {
        backlog = false;
        long before = queue.sentBytes();
        if (!queue.flush()) {
          backlog = true;
        }
        if (queue.sentBytes() != before) {
          lastActivity = System.nanoTime();
        }
      }
      if (count > 0) {
        lastActivity = System.nanoTime();
        return;
      }
      wire.await(backlog);
    }
  }
}
