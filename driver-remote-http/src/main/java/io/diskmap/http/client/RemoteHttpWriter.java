package io.diskmap.http.client;

import io.diskmap.ByteRange;
import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.SessionDocument;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DepartingChunk;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chunked upload on its way. Thread-safe.
 *
 * <p>Each chunk is one request on a thread of the core's; a window bounds how many are under way. A
 * chunk that fails for a passing cause is still held and is sent again. What the server answered is
 * on stable storage there, so {@link #flush} only waits for the answers. The lock guards the counts
 * below it and is never held during an exchange.
 */
final class RemoteHttpWriter implements StorageWriter {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteHttpWriter.class);
  private static final Duration ABORT_WAIT = Duration.ofSeconds(5);

  private enum State {
    OPEN,
    COMMITTED,
    DETACHED,
    CLOSED
  }

  private final RemoteHttpSessions sessions;
  private final ExecutorService workers;
  private final Attempts attempts;
  private final SessionDocument session;
  private final Call opened;
  private final int window;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Call> underWay = new HashSet<>();
  private State state = State.OPEN;
  private int sending;
  private @Nullable StorageException poison;
  private @Nullable StorageException rejection;

  RemoteHttpWriter(
      RemoteHttpSessions sessions,
      RemoteHttpOptions options,
      ExecutorService workers,
      SessionDocument session,
      Call opened) {
    this.sessions = sessions;
    this.workers = workers;
    this.attempts = new Attempts(options.retries() + 4);
    this.session = session;
    this.opened = opened;
    this.window = options.parallel();
  }

  @Override
  public UploadId id() {
    return new UploadId(session.session());
  }

  @Override
  public StoragePath path() {
    return session.path();
  }

  @Override
  public int chunkSize() {
    return session.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    handOver(offset, new ChunkBytes.Held(chunk), call);
  }

  @Override
  public boolean writeDeparting(long offset, DepartingChunk chunk, Call call)
      throws StorageException {
    handOver(offset, new ChunkBytes.InFile(chunk), call);
    return true;
  }

  private void handOver(long offset, ChunkBytes chunk, Call call) throws StorageException {
    Call own = Call.unbounded(call.context());
    boolean handedOver = false;
    try {
      enter(own, call);
      workers.execute(() -> send(offset, chunk, own, call));
      handedOver = true;
    } catch (RejectedExecutionException e) {
      leave(own, null);
      throw StorageException.of(ErrorKind.CLOSED, "The manager is closed.", e);
    } finally {
      if (!handedOver) {
        chunk.release();
      }
    }
  }

  /** Waits for a place in the window. */
  private void enter(Call own, Call call) throws StorageException {
    Cancellation.Registration registration = call.onEnd(this::wakeAll);
    lock.lock();
    try {
      requireUsable();
      while (sending >= window) {
        call.check();
        await(call);
        requireUsable();
      }
      sending++;
      underWay.add(own);
    } catch (StorageException e) {
      call.check();
      throw e;
    } finally {
      lock.unlock();
      registration.close();
    }
  }

  private void send(long offset, ChunkBytes chunk, Call own, Call call) {
    StorageException failure = null;
    Cancellation.Registration registration = call.onEnd(() -> own.end(cancelled()));
    try {
      attempts.run(own, () -> sendOnce(offset, chunk, own, call));
    } catch (StorageException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = StorageException.of(ErrorKind.UNKNOWN, "A chunk could not be sent.", e);
    } finally {
      registration.close();
      chunk.release();
      leave(own, failure);
    }
  }

  private boolean sendOnce(long offset, ChunkBytes chunk, Call own, Call call)
      throws StorageException {
    HttpUrl.Builder address = phase("chunk").addQueryParameter(Names.OFFSET, Long.toString(offset));
    Request.Builder request =
        RemoteHttpSessions.request(address)
            .header(Names.CONTENT_DIGEST, Digests.crc32c(chunk.crc32c(own)).toString())
            .put(chunk.body(call::progressed, own));
    try {
      sessions.longDocument(request, own);
    } catch (StorageException e) {
      chunk.explain(e, own);
      throw e;
    }
    call.progressed();
    return true;
  }

  private void leave(Call own, @Nullable StorageException failure) {
    lock.lock();
    try {
      sending--;
      underWay.remove(own);
      if (failure != null && failure.kind() == ErrorKind.PRECONDITION_FAILED) {
        rejection = failure;
      } else if (failure != null && poison == null) {
        poison = failure;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush(Call call) throws StorageException {
    Cancellation.Registration registration = call.onEnd(this::wakeAll);
    lock.lock();
    try {
      while (sending > 0) {
        call.check();
        await(call);
      }
      requireUsable();
    } catch (StorageException e) {
      call.check();
      throw e;
    } finally {
      lock.unlock();
      registration.close();
    }
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    JsonObject json = sessions.document(RemoteHttpSessions.request(phase("status")), call);
    try {
      return SessionDocument.parse(json).received();
    } catch (IOException e) {
      throw RemoteHttpErrors.of(e);
    }
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    flush(request.call());
    FileMetadata saved =
        Completion.of(sessions, session.session(), request.length(), attempts)
            .run(path(), request.call());
    become(State.COMMITTED);
    return saved;
  }

  @Override
  public void detach(Call call) throws StorageException {
    flush(call);
    become(State.DETACHED);
  }

  @Override
  public void close() {
    lock.lock();
    List<Call> open;
    try {
      if (state != State.OPEN) {
        return;
      }
      state = State.CLOSED;
      open = List.copyOf(underWay);
    } finally {
      lock.unlock();
    }
    open.forEach(call -> call.end(cancelled()));
    awaitQuiet();
    Call last = Call.within(opened.context(), ABORT_WAIT);
    boolean interrupted = Thread.interrupted();
    try {
      attempts.run(
          last,
          () -> {
            sessions.abort(session.session(), last);
            return true;
          });
    } catch (StorageException swept) {
      LOG.debug("an upload could not be aborted and is left to the server's sweep", swept);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void awaitQuiet() {
    long nanos = ABORT_WAIT.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      while (sending > 0 && nanos > 0) {
        try {
          nanos = changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void become(State next) {
    lock.lock();
    try {
      state = next;
    } finally {
      lock.unlock();
    }
  }

  private void requireUsable() throws StorageException {
    StorageException once = rejection;
    if (once != null) {
      rejection = null;
      throw once;
    }
    StorageException always = poison;
    if (always != null) {
      throw always;
    }
    if (state != State.OPEN) {
      throw StorageException.of(ErrorKind.CLOSED, "The upload has ended.");
    }
  }

  private void await(Call call) throws StorageException {
    try {
      long most = call.remaining(Duration.ofSeconds(1)).toNanos();
      changed.await(most, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check();
    }
  }

  private void wakeAll() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private HttpUrl.Builder phase(String name) {
    return sessions
        .address(Endpoint.UPLOAD_CHUNKED)
        .addQueryParameter(Names.PHASE, name)
        .addQueryParameter(Names.SESSION, session.session());
  }

  private static StorageException cancelled() {
    return StorageException.of(ErrorKind.CANCELLED, "The upload was given up.");
  }
}
