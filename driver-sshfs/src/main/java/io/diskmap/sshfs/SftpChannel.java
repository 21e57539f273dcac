package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One SFTP session on a channel of a connection: requests go out in the order in which they are
 * sent, any number at once, and each is answered by its number.
 *
 * <p>Thread-safe. What is sent together leaves in one piece. A sender thread does all output and
 * the connection's reading thread takes all answers, so no caller waits for the network in a place
 * that cannot be left: callers wait for their {@link Exchange} only. A failure of either thread
 * ends the channel and every exchange on it.
 */
final class SftpChannel implements AutoCloseable, SftpSession.Hearer {
  private static final int LONGEST_REPLY = 4 << 20;
  private static final int HEAD = 9;

  /** Lets the sender see that the channel has ended. */
  private static final List<SftpRequest> WAKE = List.of();

  private final ExecutorService threads;
  private final SftpSession session;
  private final OutputStream out;
  private final Runnable onEnd;
  private final LinkedBlockingQueue<List<SftpRequest>> outgoing = new LinkedBlockingQueue<>();
  private final Map<Integer, Exchange> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final AtomicLong cost = new AtomicLong();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable IOException failure;
  private volatile long lastReceivedNanos = System.nanoTime();
  private volatile SftpExtensions extensions = SftpExtensions.NONE;
  private volatile long roundTripNanos;
  private volatile boolean ready;
  private final Set<ByteBuffer> handles = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Future<?> sender;

  /** The reply that is on its way; as all below touched by the reading thread only. */
  private final byte[] head = new byte[HEAD];

  private int headBytes;
  private byte @Nullable [] body;
  private int bodyBytes;

  /** A channel over a session whose subsystem has started; nothing was exchanged yet. */
  SftpChannel(ExecutorService threads, SftpSession session, Runnable onEnd) {
    this.threads = threads;
    this.session = session;
    this.out = session.getOutputStream();
    this.onEnd = onEnd;
  }

  /** Starts to listen and to send, and agrees on the version. */
  void start(Waiting waitingRules) throws StorageException {
    Exchange version = new Exchange(this, 0, 1, false);
    waiting.put(0, version);
    session.hear(this);
    try {
      sender = threads.submit(this::send);
    } catch (RejectedExecutionException e) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.", e);
    }
    long start = System.nanoTime();
    outgoing.add(List.of(SftpRequest.of(Sftp.INIT)));
    SftpReply reply = waitingRules.await(version);
    roundTripNanos = System.nanoTime() - start;
    extensions = SftpExtensions.read(reply);
    if (extensions.has(SftpExtensions.LIMITS)) {
      start = System.nanoTime();
      SftpReply limits = waitingRules.await(begin(SftpRequest.extended(SftpExtensions.LIMITS)));
      roundTripNanos = System.nanoTime() - start;
      extensions = extensions.withLimits(limits);
    }
    ready = true;
  }

  /** Whether it takes requests: the version is agreed on and nothing has failed. */
  boolean isReady() {
    return ready && isOpen();
  }

  SftpExtensions extensions() {
    return extensions;
  }

  /** How long the server took to answer while nothing else was under way. */
  long roundTripNanos() {
    return roundTripNanos;
  }

  /** How much is under way, in units of a small request. */
  long load() {
    return cost.get();
  }

  boolean isOpen() {
    return !ended.get();
  }

  /** When the server last sent anything on this channel. */
  long lastReceivedNanos() {
    return lastReceivedNanos;
  }

  /** Sends a request whose answer somebody waits for. */
  Exchange begin(SftpRequest request) {
    return begin(request, 0);
  }

  /** The same for one whose answer has about this many bytes. */
  Exchange begin(SftpRequest request, int answerBytes) {
    return begin(request, answerBytes, false);
  }

  /** Sends a request whose answer nobody waits for; it is heard and dropped. */
  void tell(SftpRequest request) {
    begin(request, 0, true);
  }

  /** Closes what a reply has opened, where it has opened anything. */
  void closeOpened(SftpReply reply) {
    if (reply.type() != Sftp.HANDLE) {
      return;
    }
    try {
      tell(SftpRequest.of(Sftp.CLOSE, reply.handle()));
    } catch (StorageException garbled) {
      fail(new IOException("a reply without a handle", garbled));
    }
  }

  private Exchange begin(SftpRequest request, int answerBytes, boolean dropped) {
    Exchange exchange = exchange(request, answerBytes, dropped);
    sendTogether(List.of(request), List.of(exchange));
    return exchange;
  }

  /** Gives a request its number and the place of its answer; it is still to be sent. */
  Exchange exchange(SftpRequest request, int answerBytes, boolean dropped) {
    int id = ids.incrementAndGet();
    long weight = 1 + (request.length() + answerBytes) / (32 * 1024);
    request.seal(id);
    return new Exchange(this, id, weight, dropped);
  }

  /** Sends requests together, in this order; each has its exchange at the same place. */
  void sendTogether(List<SftpRequest> requests, List<Exchange> exchanges) {
    for (SftpRequest request : requests) {
      if (request.type() == Sftp.CLOSE) {
        handles.remove(request.body());
      }
    }
    for (Exchange exchange : exchanges) {
      cost.addAndGet(exchange.weight());
      waiting.put(exchange.id(), exchange);
    }
    outgoing.add(List.copyOf(requests));
    if (ended.get()) {
      failWaiting();
    }
  }

  private void send() {
    try {
      while (isOpen()) {
        List<SftpRequest> requests = outgoing.take();
        if (requests.isEmpty()) {
          return;
        }
        while (requests != null) {
          for (SftpRequest request : requests) {
            write(request);
          }
          requests = outgoing.poll();
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(new IOException("the sender was interrupted", e));
    } catch (IOException | RuntimeException e) {
      fail(asIo(e));
    }
  }

  private void write(SftpRequest request) throws IOException {
    byte[] bytes = request.bytes();
    if (bytes[4] == Sftp.INIT) {
      out.write(new byte[] {0, 0, 0, 5, Sftp.INIT, 0, 0, 0, 3}, 0, 9);
    } else {
      out.write(bytes, 0, request.length());
    }
  }

  @Override
  public void received(byte[] bytes, int offset, int length) {
    lastReceivedNanos = System.nanoTime();
    int at = offset;
    try {
      while (at < offset + length && isOpen()) {
        at += take(bytes, at, offset + length - at);
      }
    } catch (IOException | RuntimeException e) {
      fail(asIo(e));
    }
  }

  /** Takes the next part of a reply, its head or its body; answers how many bytes that was. */
  private int take(byte[] bytes, int offset, int length) throws IOException {
    byte[] begun = body;
    if (begun == null) {
      int count = Math.min(length, HEAD - headBytes);
      System.arraycopy(bytes, offset, head, headBytes, count);
      headBytes += count;
      if (headBytes == HEAD) {
        int size = ByteBuffer.wrap(head).getInt() - (HEAD - 4);
        if (size < 0 || size > LONGEST_REPLY) {
          throw new IOException("a reply of " + size + " bytes");
        }
        begun = new byte[size];
        bodyBytes = 0;
        body = begun;
        answerIfWhole(begun);
      }
      return count;
    }
    int count = Math.min(length, begun.length - bodyBytes);
    System.arraycopy(bytes, offset, begun, bodyBytes, count);
    bodyBytes += count;
    answerIfWhole(begun);
    return count;
  }

  private void answerIfWhole(byte[] reply) throws IOException {
    if (bodyBytes == reply.length) {
      body = null;
      headBytes = 0;
      answer(head[4] & 0xFF, ByteBuffer.wrap(head).getInt(5), reply);
    }
  }

  @Override
  public void ended(IOException why) {
    fail(why);
  }

  /**
   * A server that gives one handle to two open files would mix their contents: such a channel ends
   * before anything is written.
   */
  private void answer(int type, int id, byte[] body) throws IOException {
    if (type == Sftp.HANDLE && !handles.add(ByteBuffer.wrap(body))) {
      throw new IOException("the server gave one handle to two files");
    }
    Exchange exchange = waiting.remove(type == Sftp.VERSION ? 0 : id);
    if (exchange != null) {
      cost.addAndGet(-exchange.weight());
      exchange.complete(new SftpReply(type, ByteBuffer.wrap(body)));
    }
  }

  private static IOException asIo(Exception e) {
    return e instanceof IOException io ? io : new IOException("the channel failed", e);
  }

  /** Ends the channel and all that is under way on it. */
  void fail(IOException why) {
    if (ended.compareAndSet(false, true)) {
      failure = why;
      outgoing.clear();
      outgoing.add(WAKE);
      failWaiting();
      wake(sender);
      threadsEnd();
      onEnd.run();
    }
  }

  /** Ends a thread's wait for the server, where the library would let it wait on. */
  private static void wake(@Nullable Future<?> thread) {
    if (thread != null) {
      thread.cancel(true);
    }
  }

  /** Closing takes a turn at the connection, which can be slow: nobody waits for it. */
  private void threadsEnd() {
    try {
      threads.execute(
          () -> {
            try {
              session.close();
            } catch (IOException gone) {
              failure = failure == null ? gone : failure;
            }
          });
    } catch (RejectedExecutionException closing) {
      return;
    }
  }

  private void failWaiting() {
    IOException why = failure;
    StorageException told = SshfsErrors.of(why == null ? new IOException("closed") : why);
    for (Integer id : waiting.keySet()) {
      Exchange exchange = waiting.remove(id);
      if (exchange != null) {
        exchange.fail(told);
      }
    }
  }

  @Override
  public void close() {
    fail(new IOException("the channel is closed"));
  }
}
