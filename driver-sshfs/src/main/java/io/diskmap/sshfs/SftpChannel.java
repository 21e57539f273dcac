package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.InputStream;
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
import net.schmizz.sshj.connection.channel.direct.Session;
import org.jspecify.annotations.Nullable;

/**
 * One SFTP session on a channel of a connection: requests go out in the order in which they are
 * sent, any number at once, and each is answered by its number.
 *
 * <p>Thread-safe. What is sent together leaves in one piece. A sender and a receiver thread do all
 * input and output, so no caller waits for the network in a place that cannot be left: callers wait
 * for their {@link Exchange} only. A failure of either thread ends the channel and every exchange
 * on it.
 */
final class SftpChannel implements AutoCloseable {
  private static final int LONGEST_REPLY = 4 << 20;
  private static final int SCRATCH = 64 * 1024;

  /** Lets the sender see that the channel has ended. */
  private static final List<SftpRequest> WAKE = List.of();

  private final ExecutorService threads;
  private final Session.Subsystem subsystem;
  private final InputStream in;
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
  private volatile boolean receiving;
  private final Set<ByteBuffer> handles = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Future<?> receiver;
  private volatile @Nullable Future<?> sender;

  /** A channel over a session whose subsystem has started; nothing was exchanged yet. */
  SftpChannel(ExecutorService threads, Session.Subsystem subsystem, Runnable onEnd) {
    this.threads = threads;
    this.subsystem = subsystem;
    this.in = subsystem.getInputStream();
    this.out = subsystem.getOutputStream();
    this.onEnd = onEnd;
  }

  /** Starts the threads and agrees on the version. */
  void start(Waiting waitingRules) throws StorageException {
    Exchange version = new Exchange(this, 0, 1, false);
    waiting.put(0, version);
    try {
      receiver = threads.submit(this::receive);
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

  /** Goes on after the channel's end until what had come by then is answered. */
  private void receive() {
    receiving = true;
    try {
      byte[] scratch = new byte[SCRATCH];
      int start = 0;
      int end = 0;
      while (true) {
        if (end - start < 9) {
          System.arraycopy(scratch, start, scratch, 0, end - start);
          end -= start;
          start = 0;
          while (end < 9) {
            end += receiveSome(scratch, end);
          }
        }
        ByteBuffer head = ByteBuffer.wrap(scratch, start, 9);
        int length = head.getInt() - 5;
        int type = head.get() & 0xFF;
        int id = head.getInt();
        if (length < 0 || length > LONGEST_REPLY) {
          throw new IOException("a reply of " + length + " bytes");
        }
        start += 9;
        byte[] body = new byte[length];
        int have = Math.min(length, end - start);
        System.arraycopy(scratch, start, body, 0, have);
        start += have;
        while (have < length) {
          have += receiveInto(body, have, length - have);
        }
        answer(type, id, body);
      }
    } catch (IOException | RuntimeException e) {
      fail(asIo(e));
    } finally {
      failWaiting();
    }
  }

  private int receiveSome(byte[] target, int offset) throws IOException {
    return receiveInto(target, offset, target.length - offset);
  }

  private int receiveInto(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, length);
    if (count < 0) {
      throw new IOException("the server closed the channel");
    }
    lastReceivedNanos = System.nanoTime();
    return count;
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

  /** Ends the channel and, behind what has come already, all that is under way on it. */
  void fail(IOException why) {
    if (ended.compareAndSet(false, true)) {
      failure = why;
      outgoing.clear();
      outgoing.add(WAKE);
      wake(receiver);
      if (!receiving) {
        failWaiting();
      }
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
              subsystem.close();
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
