package io.diskmap.sshfs;

import io.diskmap.CallContext;
import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a disk and the channels on them: made when they are needed, replaced when they
 * break.
 *
 * <p>Thread-safe. One attempt to connect is under way at a time and all callers wait for it, each
 * for as long as its call goes on. A watch drops a connection whose server is silent for two and a
 * half keep-alive times, from outside, so that it also ends one that is blocked in a full socket.
 */
final class SshfsSessions implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(25);
  private static final Duration LONG = Duration.ofDays(1);
  private static final long BUSY = 4;

  private final DriverContext context;
  private final SshfsOptions options;
  private final List<SshConnection> connections = new CopyOnWriteArrayList<>();
  private final Set<TrackedSocket> connecting = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean growing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicBoolean watching = new AtomicBoolean();
  private @Nullable CompletableFuture<SftpChannel> opening;
  private volatile int most;
  private volatile boolean reached;

  SshfsSessions(DriverContext context, SshfsOptions options) {
    this.context = context;
    this.options = options;
    this.most = options.channels();
  }

  Waiting waiting(Call call) {
    return new Waiting(call, context.timeout());
  }

  /** The channel with the least under way; connects where there is none. */
  SftpChannel channel(Call call) throws StorageException {
    Optional<SftpChannel> best = best(Set.of());
    if (best.isPresent()) {
      if (best.get().load() >= BUSY) {
        grow();
      }
      return best.get();
    }
    return connect(call);
  }

  /** A further channel than these, where there is one or may be one more; else empty. */
  Optional<SftpChannel> another(Set<SftpChannel> than) {
    Optional<SftpChannel> best = best(than);
    if (best.isEmpty()) {
      grow();
    }
    return best;
  }

  private Optional<SftpChannel> best(Set<SftpChannel> except) {
    List<SftpChannel> live = new ArrayList<>();
    for (SshConnection connection : connections) {
      if (connection.isEnded()) {
        drop(connection, "the connection ended");
      } else {
        connection.channels().stream()
            .filter(SftpChannel::isReady)
            .filter(channel -> !except.contains(channel))
            .forEach(live::add);
      }
    }
    return live.stream().min(Comparator.comparingLong(SftpChannel::load));
  }

  /**
   * A server that was reached once is asked again for a while, so that its restart costs a call no
   * more than the time; a call with little time is told so before that is over.
   */
  private SftpChannel connect(Call call) throws StorageException {
    long start = System.nanoTime();
    long most = Math.min(options.reconnect().toNanos(), call.remaining(LONG).toNanos() / 4 * 3);
    for (int attempt = 0; ; attempt++) {
      try {
        return connectOnce(call);
      } catch (StorageException e) {
        long left = most - (System.nanoTime() - start);
        if (!reached || e.kind() != ErrorKind.UNAVAILABLE || left <= 0) {
          throw e;
        }
        long pause = FIRST_PAUSE.toNanos() << Math.min(attempt, 4);
        call.pause(Duration.ofNanos(Math.min(left, pause)));
      }
    }
  }

  private SftpChannel connectOnce(Call call) throws StorageException {
    CompletableFuture<SftpChannel> attempt;
    lock.lock();
    try {
      requireOpen();
      if (opening == null || opening.isDone()) {
        opening = new CompletableFuture<>();
        CompletableFuture<SftpChannel> begun = opening;
        context.workers().execute(() -> open(begun));
      }
      attempt = opening;
    } catch (RejectedExecutionException e) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.", e);
    } finally {
      lock.unlock();
    }
    return await(attempt, call);
  }

  private SftpChannel await(CompletableFuture<SftpChannel> attempt, Call call)
      throws StorageException {
    CompletableFuture<SftpChannel> mine = attempt.copy();
    StorageException over = StorageException.of(ErrorKind.CANCELLED, "The call ended.");
    try (Cancellation.Registration ending = call.onEnd(() -> mine.completeExceptionally(over))) {
      return mine.get(call.remaining(context.timeout()).toNanos() + 1, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    } catch (TimeoutException e) {
      call.check();
      throw StorageException.of(
          ErrorKind.TIMEOUT, "No connection to the SFTP server within the time limit.", e);
    } catch (ExecutionException e) {
      call.check();
      throw SshfsErrors.again(e.getCause());
    }
  }

  /** Connects, or opens a channel on a connection that has lost all of its own. */
  private void open(CompletableFuture<SftpChannel> result) {
    TrackedSocket socket = new TrackedSocket();
    connecting.add(socket);
    try {
      if (closed.getCount() == 0) {
        socket.abort();
      }
      SshConnection connection =
          connections.stream().filter(c -> !c.isEnded()).findFirst().orElse(null);
      if (connection == null) {
        watch();
        connection = SshConnection.open(options, context.workers(), socket, context.timeout());
        connections.add(connection);
        connecting.remove(socket);
      }
      SftpChannel channel = connection.openChannel(waiting(unbounded()));
      reached = true;
      if (closed.getCount() == 0) {
        connection.close();
      }
      result.complete(channel);
    } catch (StorageException | RuntimeException e) {
      connections.forEach(c -> dropIfUseless(c));
      result.completeExceptionally(e);
    } finally {
      connecting.remove(socket);
    }
  }

  private void dropIfUseless(SshConnection connection) {
    if (connection.channels().isEmpty()) {
      drop(connection, "no channel could be opened");
    }
  }

  private static Call unbounded() {
    return Call.unbounded(CallContext.none());
  }

  /** Opens one more channel in the background, where the limits allow it. */
  private void grow() {
    int count = connections.stream().mapToInt(c -> c.channels().size()).sum();
    if (count >= Math.min(most, options.channels()) * options.connections()
        || !growing.compareAndSet(false, true)) {
      return;
    }
    try {
      context.workers().execute(this::growOnce);
    } catch (RejectedExecutionException closing) {
      growing.set(false);
    }
  }

  private void growOnce() {
    TrackedSocket socket = new TrackedSocket();
    try {
      Optional<SshConnection> room =
          connections.stream()
              .filter(c -> !c.isEnded() && c.channels().size() < most)
              .min(Comparator.comparingInt(c -> c.channels().size()));
      if (room.isPresent()) {
        int before = room.get().channels().size();
        try {
          room.get().openChannel(waiting(unbounded()));
        } catch (StorageException full) {
          most = Math.max(1, before);
        }
      } else if (!connections.isEmpty()
          && connections.size() < options.connections()
          && closed.getCount() > 0) {
        connecting.add(socket);
        SshConnection further =
            SshConnection.open(options, context.workers(), socket, context.timeout());
        connections.add(further);
        connecting.remove(socket);
        further.openChannel(waiting(unbounded()));
        if (closed.getCount() == 0) {
          further.close();
        }
      }
    } catch (StorageException enoughWithOne) {
      most = Math.max(1, most);
    } finally {
      connecting.remove(socket);
      growing.set(false);
    }
  }

  private void watch() {
    if (watching.compareAndSet(false, true)) {
      context.workers().execute(this::watchSilence);
    }
  }

  private void watchSilence() {
    Duration most = options.keepalive().multipliedBy(5).dividedBy(2);
    try {
      while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        for (TrackedSocket socket : connecting) {
          if (socket.age().compareTo(options.connectTimeout()) > 0) {
            socket.abort();
          }
        }
        for (SshConnection connection : connections) {
          if (connection.isEnded()) {
            drop(connection, "the connection ended");
          } else if (connection.silence().compareTo(most) > 0) {
            drop(
                connection, "the server was silent for " + connection.silence().toSeconds() + " s");
          }
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void drop(SshConnection connection, String why) {
    if (connections.remove(connection)) {
      connection.abort(why);
    }
  }

  List<SshConnection> connections() {
    return connections;
  }

  private void requireOpen() throws StorageException {
    if (closed.getCount() == 0) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.");
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed.countDown();
    } finally {
      lock.unlock();
    }
    connecting.forEach(TrackedSocket::abort);
    connections.forEach(connection -> drop(connection, "the disk is closed"));
  }
}
