package io.diskmap.smb;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.ConnectionLostException;
import io.diskmap.smb.wire.Echo;
import io.diskmap.smb.wire.FrameBuffers;
import io.diskmap.smb.wire.Patience;
import io.diskmap.smb.wire.Request;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a disk: made when they are needed, replaced when they break.
 *
 * <p>Thread-safe. A connection that was silent for a while is asked whether it still stands before
 * it is used. A log-in that the server refused is not tried again with the same password for a
 * while, so that no account is locked by repeats.
 */
final class SmbSessions implements AutoCloseable {
  private static final Duration FRESH = Duration.ofSeconds(15);
  private static final Duration ECHO = Duration.ofSeconds(3);
  private static final Duration REFUSAL = Duration.ofSeconds(10);
  private static final int BUSY = 6;
  private static final long MOST_BYTES = 8L << 20;

  /** A log-in that the server has refused. */
  private record Refusal(String password, IOException why, long nanos) {}

  private final DriverContext context;
  private final SmbOptions options;
  private final FrameBuffers buffers;
  private final List<SmbConnection> connections = new CopyOnWriteArrayList<>();
  private final AtomicBoolean growing = new AtomicBoolean();
  private final Connecting first;
  private final Connecting besides;
  private volatile @Nullable SmbConnection aside;
  private volatile @Nullable Refusal refusal;
  private volatile boolean flushInside = true;
  private volatile boolean closed;

  SmbSessions(DriverContext context, SmbOptions options) {
    this.context = context;
    this.options = options;
    this.buffers = new FrameBuffers(options.wsize());
    this.first = new Connecting(context, this::open);
    this.besides = new Connecting(context, this::openAside);
  }

  /** Whether the server may be asked for a flush with a close behind it. */
  boolean mayFlushInside() {
    return flushInside;
  }

  /** Notes that the server fails a flush that is not the last of its compound. */
  void flushOutside() {
    flushInside = false;
  }

  /** Runs something beside the calls, unless the disk is being closed. */
  void later(Runnable task) {
    try {
      context.workers().execute(task);
    } catch (RejectedExecutionException closing) {
      closed = true;
    }
  }

  /** How long an exchange of this call waits. */
  Patience patience(Call call) {
    return Patience.of(call, context.timeout());
  }

  /** The connection with the least under way; connects where there is none. */
  SmbConnection connection(Call call) throws StorageException {
    while (true) {
      Optional<SmbConnection> best = best(Set.of());
      if (best.isEmpty()) {
        requireOpen();
        return first.await(call);
      }
      SmbConnection found = best.get();
      if (found.underWay() >= BUSY) {
        grow();
      }
      if (isAlive(found, call)) {
        return found;
      }
    }
  }

  /** A further connection than these, where there is one; else one more is begun. */
  Optional<SmbConnection> another(Set<SmbConnection> than) {
    Optional<SmbConnection> best = best(than);
    if (best.isEmpty()) {
      grow();
    }
    return best;
  }

  private Optional<SmbConnection> best(Set<SmbConnection> except) {
    connections.removeIf(connection -> !connection.isOpen());
    return connections.stream()
        .filter(connection -> !except.contains(connection))
        .min(Comparator.comparingInt(SmbConnection::underWay));
  }

  private boolean isAlive(SmbConnection connection, Call call) throws StorageException {
    if (connection.silence().compareTo(FRESH) < 0) {
      return connection.isOpen();
    }
    Duration most = context.timeout().dividedBy(3);
    Patience patience = Patience.of(call, most.compareTo(ECHO) < 0 ? most : ECHO);
    try {
      connection.call(patience, new Echo());
      return true;
    } catch (StorageException e) {
      throw e;
    } catch (IOException dead) {
      connection.close();
      connections.remove(connection);
      return false;
    }
  }

  /**
   * The connection on which no file is ever open for reading, so that a server which guards the
   * open files of one connection guards none there; empty where the disk may have one connection
   * alone.
   */
  Optional<SmbConnection> aside(Call call) throws StorageException {
    requireOpen();
    if (options.connections() < 2) {
      return Optional.empty();
    }
    SmbConnection known = aside;
    return Optional.of(
        known != null && known.isOpen() && isAlive(known, call) ? known : besides.await(call));
  }

  private SmbConnection openAside() throws IOException {
    SmbConnection made = logIn();
    aside = made;
    if (closed) {
      made.close();
    }
    return made;
  }

  private SmbConnection open() throws IOException {
    SmbConnection made = logIn();
    connections.add(made);
    if (closed) {
      made.close();
    }
    return made;
  }

  private SmbConnection logIn() throws IOException {
    String password = options.login().password().map(secret -> secret.reveal()).orElse("");
    Refusal before = refusal;
    if (before != null
        && before.password().equals(password)
        && System.nanoTime() - before.nanos() < REFUSAL.toNanos()) {
      throw before.why();
    }
    try {
      Call call = Call.within(CallContext.none(), context.timeout());
      SmbConnection made = SmbConnection.open(options.login(), buffers, MOST_BYTES, patience(call));
      refusal = null;
      return made;
    } catch (IOException e) {
      if (SmbErrors.of(e).kind() == ErrorKind.UNAUTHENTICATED) {
        refusal = new Refusal(password, e, System.nanoTime());
      }
      throw e;
    }
  }

  /** Opens one more connection in the background, where the limit allows it. */
  private void grow() {
    if (closed
        || connections.size() >= options.connections()
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
    try {
      open();
    } catch (IOException enoughWithWhatIsThere) {
      return;
    } finally {
      growing.set(false);
    }
  }

  /** Executes a compound; one that the server has certainly not seen is sent once more. */
  Answers call(Call call, Request<?>... compound) throws StorageException {
    for (int attempt = 1; ; attempt++) {
      try {
        return connection(call).call(patience(call), compound);
      } catch (ConnectionLostException e) {
        if (e.isSent() || attempt > 3) {
          throw SmbErrors.of(e);
        }
      } catch (IOException e) {
        throw SmbErrors.of(e);
      }
    }
  }

  /** The connections that stand at this moment. */
  List<SmbConnection> connections() {
    return connections;
  }

  private void requireOpen() throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.");
    }
  }

  @Override
  public void close() {
    closed = true;
    connections.forEach(SmbConnection::close);
    connections.clear();
    SmbConnection other = aside;
    if (other != null) {
      other.close();
    }
  }
}
