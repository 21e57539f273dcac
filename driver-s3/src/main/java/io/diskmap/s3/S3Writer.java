package io.diskmap.s3;

import io.diskmap.ByteRange;
import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A save as a multipart upload: chunks go as parts side by side, the commit ends it in one step.
 *
 * <p>Thread-safe. One lock guards the parts; requests run outside of it. A part in flight holds its
 * chunk until the store has acknowledged it or the writer has failed. What a save of known length
 * keeps beside its object is written while parts are on their way, and is there before its commit.
 */
final class S3Writer implements StorageWriter {
  private static final int PART_ATTEMPTS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** What a part on its way has. */
  private record InFlight(int length, int crc32c) {}

  private final S3Store store;
  private final S3Multipart multipart;
  private final S3Commit committer;
  private final S3Traits traits;
  private final S3Records.Open upload;
  private final String key;
  private final Consumer<S3Writer> ended;
  private final S3Exchanges exchanges = new S3Exchanges();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final S3Parts parts;
  private final Map<Integer, InFlight> inFlight = new HashMap<>();
  private final boolean assembled;
  private final List<Future<?>> beside = new CopyOnWriteArrayList<>();
  private volatile OptionalLong asked = OptionalLong.empty();
  private Instant lastSeen;
  private boolean closed;
  private boolean kept;
  private boolean tried;
  private @Nullable StorageException poison;

  S3Writer(
      S3Store store,
      S3Multipart multipart,
      S3Commit committer,
      S3Traits traits,
      S3Records.Open upload,
      S3Parts parts,
      boolean assembled,
      Consumer<S3Writer> ended) {
    this.ended = ended;
    this.store = store;
    this.multipart = multipart;
    this.committer = committer;
    this.traits = traits;
    this.upload = upload;
    this.parts = parts;
    this.assembled = assembled;
    this.lastSeen = upload.begun();
    this.key = committer.uploadKey(upload);
  }

  /**
   * Writes the record by which any process goes on with the upload or removes it: at once, but
   * beside the first parts of a save of known length, which nobody resumes. One that is staged
   * always has its record, as nothing else tells its path.
   *
   * @param before a moment before the upload began, of {@link System#nanoTime}
   */
  void record(long before) throws StorageException {
    asked = OptionalLong.of(before);
    Call call = upload.request().call();
    if (upload.request().length().isPresent() && !upload.staged()) {
      beside(() -> writeRecord(call));
    } else {
      writeRecord(call);
    }
  }

  private void writeRecord(Call call) throws StorageException {
    String writeId = upload.request().writeId();
    store.writeText(store.keys().upload(writeId), S3Records.text(upload), call);
  }

  /** What goes to the store beside the parts. */
  @FunctionalInterface
  private interface Beside {
    void run() throws StorageException;
  }

  private void beside(Beside task) throws StorageException {
    beside.add(
        store
            .sessions()
            .submit(
                () -> {
                  task.run();
                  return task;
                }));
  }

  @Override
  public UploadId id() {
    return new UploadId(upload.request().writeId());
  }

  @Override
  public StoragePath path() {
    return upload.path();
  }

  @Override
  public int chunkSize() {
    return upload.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    boolean sent = false;
    try {
      requirePlace(offset, chunk.length());
      int number = parts.number(offset);
      if (chunk.length() == 0 || !reserve(number, chunk, call)) {
        requireUsable(call);
        return;
      }
      hand(number, chunk, call);
      sent = true;
    } finally {
      if (!sent) {
        chunk.release();
      }
    }
  }

  /** Gives a part that has its place in the window to a worker; without one the place is free. */
  private void hand(int number, Chunk chunk, Call call) throws StorageException {
    boolean handed = false;
    try {
      store.sessions().execute(() -> send(number, chunk, call));
      handed = true;
    } finally {
      if (!handed) {
        leave(number);
      }
    }
  }

  private void leave(int number) {
    lock.lock();
    try {
      inFlight.remove(number);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void requirePlace(long offset, int length) throws StorageException {
    int size = upload.chunkSize();
    if (offset < 0 || offset % size != 0 || length > size) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "A chunk starts at a multiple of %d bytes and has at most as many.".formatted(size));
    }
    if (offset / size >= S3Parts.MOST) {
      throw StorageException.of(
          ErrorKind.TOO_LARGE,
          "A store takes %d parts, which is %d bytes at this part size; raise part_size or name the"
                  .formatted(S3Parts.MOST, (long) S3Parts.MOST * size)
              + " length when the save begins.");
    }
    if (upload.request().length().isPresent() && length > 0) {
      long whole = upload.request().length().getAsLong();
      if (length != Math.min(size, whole - offset)) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH,
            "The chunk does not have the length that its place in a file of %d bytes asks for."
                .formatted(whole));
      }
    }
  }

  /** Takes a place in the window; false where the store has these bytes or is being sent them. */
  private boolean reserve(int number, Chunk chunk, Call call) throws StorageException {
    Cancellation.Registration registration = call.onEnd(this::wake);
    lock.lock();
    try {
      while (true) {
        requireUsableLocked(call);
        if (isKnown(number, chunk)) {
          return false;
        }
        if (inFlight.size() < store.options().parallelism()) {
          inFlight.put(number, new InFlight(chunk.length(), chunk.crc32c()));
          return true;
        }
        await(call);
      }
    } finally {
      lock.unlock();
      registration.close();
    }
  }

  private boolean isKnown(int number, Chunk chunk) throws StorageException {
    InFlight sending = inFlight.get(number);
    if (sending != null) {
      requireSame(sending.length == chunk.length() && sending.crc32c == chunk.crc32c());
      return true;
    }
    S3Parts.Part there = parts.get(number);
    if (there == null) {
      return false;
    }
    Integer crc = there.crc32c();
    if (crc != null) {
      requireSame(there.length() == chunk.length() && crc == chunk.crc32c());
      return true;
    }
    boolean same = there.length() == chunk.length() && there.eTag().equals(S3Sums.md5Hex(chunk));
    if (same) {
      parts.put(number, new S3Parts.Part(there.length(), chunk.crc32c(), there.eTag()));
      return true;
    }
    requireSame(!traits.tagIsMd5());
    return false;
  }

  private static void requireSame(boolean same) throws StorageException {
    if (!same) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED,
          "Other bytes are staged at this offset; abort the upload and begin another.");
    }
  }

  private void send(int number, Chunk chunk, Call call) {
    StorageException failure = null;
    S3Multipart.Sent sent = null;
    try {
      sent = sendPatiently(number, chunk, call);
    } catch (StorageException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = StorageException.of(ErrorKind.UNKNOWN, "Sending a part failed.", e);
    } finally {
      int length = chunk.length();
      int crc32c = chunk.crc32c();
      chunk.release();
      lock.lock();
      try {
        inFlight.remove(number);
        if (sent != null) {
          parts.put(number, new S3Parts.Part(length, crc32c, sent.eTag()));
          lastSeen = sent.at().isAfter(lastSeen) ? sent.at() : lastSeen;
          call.progressed();
        } else if (poison == null) {
          poison = failure;
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Repeats a part that failed for a passing cause; a store that throttles is given its time. */
  private S3Multipart.Sent sendPatiently(int number, Chunk chunk, Call call)
      throws StorageException {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        return multipart.send(key, upload.uploadId(), number, chunk, exchanges, call);
      } catch (StorageException e) {
        boolean passing =
            switch (e.kind()) {
              case THROTTLED -> true;
              case TIMEOUT, UNAVAILABLE, CHECKSUM_MISMATCH -> attempt < PART_ATTEMPTS;
              default -> false;
            };
        if (!passing || exchanges.isEnded()) {
          throw e;
        }
        call.pause(e.retryAfter().orElse(pause));
        pause =
            pause.multipliedBy(2).compareTo(Duration.ofSeconds(2)) < 0
                ? pause.multipliedBy(2)
                : Duration.ofSeconds(2);
      }
    }
  }

  @Override
  public void flush(Call call) throws StorageException {
    Cancellation.Registration registration = call.onEnd(this::wake);
    lock.lock();
    try {
      requireUsableLocked(call);
      while (!inFlight.isEmpty()) {
        await(call);
        requireUsableLocked(call);
      }
    } finally {
      lock.unlock();
      registration.close();
    }
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    flush(call);
    S3Parts there = parts;
    if (!assembled) {
      there = new S3Parts(upload.chunkSize());
      multipart.list(key, upload.uploadId(), there, call);
    }
    return there.ranges();
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    boolean ahead = committer.knowsSidecar(upload, traits, request);
    if (ahead) {
      setTried();
      beside(() -> committer.writeSidecar(upload, traits, request));
    }
    flush(request.call());
    S3Tasks.join(beside, request.call());
    lock.lock();
    try {
      if (upload.request().length().orElse(request.length()) != request.length()) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH,
            "The file has %d bytes and the commit names %d."
                .formatted(upload.request().length().getAsLong(), request.length()));
      }
      parts.requireWhole(request.length());
      tried = true;
    } finally {
      lock.unlock();
    }
    S3Commit.Progress progress = new S3Commit.Progress(parts, assembled, lastSeen, ahead, asked);
    FileMetadata answer = committer.commit(upload, progress, traits, request);
    lock.lock();
    try {
      closed = true;
      kept = true;
    } finally {
      lock.unlock();
    }
    ended.accept(this);
    return answer;
  }

  private void setTried() {
    lock.lock();
    try {
      tried = true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void detach(Call call) throws StorageException {
    S3Tasks.join(beside, call);
    lock.lock();
    try {
      if (closed) {
        return;
      }
      kept = true;
    } finally {
      lock.unlock();
    }
    awaitIdle(call);
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    ended.accept(this);
  }

  /** Ends a save whose call ended with the disk; an upload that nobody drives stays as it is. */
  void closeWithDisk() {
    try {
      upload.request().call().check();
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.CLOSED) {
        close();
      }
    }
  }

  private void awaitIdle(Call call) throws StorageException {
    Cancellation.Registration registration = call.onEnd(this::wake);
    lock.lock();
    try {
      while (!inFlight.isEmpty()) {
        await(call);
      }
    } finally {
      lock.unlock();
      registration.close();
    }
  }

  @Override
  public void close() {
    ended.accept(this);
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      changed.signalAll();
      if (kept) {
        return;
      }
    } finally {
      lock.unlock();
    }
    exchanges.end();
    S3Leftovers leftovers = store.sessions().leftovers();
    if (hasEndedAlone()) {
      leftovers.soon(this::remove, upload.request().call().context());
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      leftovers.now(this::remove, upload.request().call().context());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether the call was ended while its disk goes on; its caller is not kept waiting then. */
  private boolean hasEndedAlone() {
    boolean interrupted = Thread.interrupted();
    try {
      upload.request().call().check();
      return interrupted;
    } catch (StorageException e) {
      return e.kind() != ErrorKind.CLOSED;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void remove(Call call) throws StorageException {
    awaitIdle(call);
    S3Tasks.await(beside);
    committer.abort(upload, tried, call);
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void await(Call call) throws StorageException {
    try {
      changed.await(call.remaining(Duration.ofSeconds(1)).toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    call.check();
  }

  private void requireUsable(Call call) throws StorageException {
    lock.lock();
    try {
      requireUsableLocked(call);
    } finally {
      lock.unlock();
    }
  }

  private void requireUsableLocked(Call call) throws StorageException {
    StorageException failure = poison;
    if (failure != null) {
      throw failure.toBuilder().build();
    }
    if (closed) {
      throw StorageException.of(
          ErrorKind.CLOSED, "The writer is closed; resume the upload by its id.");
    }
    call.check();
  }
}
