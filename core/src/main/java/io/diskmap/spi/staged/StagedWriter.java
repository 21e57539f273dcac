package io.diskmap.spi.staged;

import io.diskmap.ByteRange;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.staged.UploadRecord.ChunkEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A chunked save: chunks go to the hidden file, several at once, and into the record once the
 * server has acknowledged it.
 *
 * <p>Thread-safe. A few chunks are noted with one write; whoever relies on the record flushes
 * first. A chunk whose connection breaks is written again on the file opened anew, so a restart of
 * the server costs a save nothing but time.
 */
final class StagedWriter implements StorageWriter {
  private enum State {
    OPEN,
    COMMITTED,
    DETACHED,
    CLOSED
  }

  private final StagedDisk disk;
  private final UploadRecord record;
  private final ReopeningFile file;
  private final boolean resumed;
  private final boolean targetWasAbsent;
  private final ChunkWindow window;
  private final ChunkWindow noting;
  private final ChunkNotes notes = new ChunkNotes();
  private final StagedContent content;
  private final Map<Long, ChunkEntry> own = new ConcurrentHashMap<>();
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final AtomicReference<@Nullable LastByte> last = new AtomicReference<>();
  private volatile @Nullable StorageException poison;

  /** The byte at the highest offset that this writer has taken. */
  private record LastByte(long offset, byte value) {}

  /**
   * A save under way.
   *
   * @param resumed whether others may have written some chunks before
   * @param targetWasAbsent whether nothing stood at the target when the save began
   */
  StagedWriter(
      StagedDisk disk,
      UploadRecord record,
      ReopeningFile file,
      boolean resumed,
      boolean targetWasAbsent) {
    this.disk = disk;
    this.record = record;
    this.file = file;
    this.resumed = resumed;
    this.targetWasAbsent = targetWasAbsent;
    this.window = new ChunkWindow(disk.options.window());
    this.noting = new ChunkWindow(disk.options.window());
    this.content = new StagedContent(disk, record, file);
    disk.activity.begin();
  }

  @Override
  public UploadId id() {
    return new UploadId(record.request().writeId());
  }

  @Override
  public StoragePath path() {
    return record.path();
  }

  @Override
  public int chunkSize() {
    return record.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    boolean taken = false;
    try {
      requireUsable(call);
      ChunkPlace.require(record, offset, chunk.length());
      if (chunk.length() > 0) {
        taken = take(offset / record.chunkSize(), chunk, call);
      }
    } finally {
      if (!taken) {
        chunk.release();
      }
    }
  }

  /** Starts the write of a chunk; false where the very same bytes are there already. */
  private boolean take(long index, Chunk chunk, Call call) throws StorageException {
    ChunkEntry entry = new ChunkEntry(chunk.length(), chunk.crc32c(), false);
    ChunkEntry before = own.putIfAbsent(index, entry);
    if (before == null && resumed) {
      before = earlier(index, entry, call);
    }
    if (before != null) {
      if (!before.isSameContent(entry)) {
        throw StorageException.of(
            ErrorKind.PRECONDITION_FAILED,
            "Other bytes are staged at this offset; abort the upload and begin another.");
      }
      return false;
    }
    keepLast(index * record.chunkSize() + chunk.length() - 1, chunk);
    boolean started = false;
    try {
      window.enter(call);
      try {
        disk.context.workers().execute(() -> run(index, entry, chunk, call));
        started = true;
      } finally {
        if (!started) {
          window.leave();
        }
      }
    } finally {
      if (!started) {
        own.remove(index);
      }
    }
    return true;
  }

  private void keepLast(long offset, Chunk chunk) {
    byte value = chunk.data().get(chunk.length() - 1);
    last.accumulateAndGet(
        new LastByte(offset, value),
        (before, now) ->
            now == null || (before != null && before.offset() > now.offset()) ? before : now);
  }

  /** What another writer has staged there and would still be there; null where nothing is. */
  private @Nullable ChunkEntry earlier(long index, ChunkEntry entry, Call call)
      throws StorageException {
    Optional<ChunkEntry> found;
    boolean looked = false;
    try {
      found = record.chunk(index, call);
      looked = true;
    } finally {
      if (!looked) {
        own.remove(index);
      }
    }
    if (found.isEmpty() || (found.get().isSameContent(entry) && !found.get().synced())) {
      return null;
    }
    own.remove(index);
    return found.get();
  }

  /**
   * Writes a chunk, gives its memory and its place in the window back, and notes it where that is
   * due.
   */
  private void run(long index, ChunkEntry entry, Chunk chunk, Call call) {
    boolean due = false;
    try {
      due = isWritten(index, entry, chunk, call) && notes.add(index, entry);
    } finally {
      chunk.release();
      window.leave();
    }
    if (due) {
      note(call);
    }
  }

  /** Writes a chunk; false where it fails. */
  private boolean isWritten(long index, ChunkEntry entry, Chunk chunk, Call call) {
    if (poison != null || state.get() != State.OPEN) {
      return false;
    }
    try {
      long offset = index * record.chunkSize();
      file.run(
          call,
          f -> {
            if (keepsChunks()) {
              f.write(offset, chunk, call);
            } else {
              f.write(offset, chunk.data(), entry.crc(), call);
            }
            return f;
          });
      call.progressed();
      return true;
    } catch (StorageException e) {
      poison = e;
    } catch (RuntimeException e) {
      poison = StorageException.of(ErrorKind.UNKNOWN, "The driver failed on a chunk.", e);
    }
    return false;
  }

  /** Whether the file may have to write a chunk again that its caller does not have any more. */
  private boolean keepsChunks() {
    WriteRequest request = record.request();
    return request.durability() != Durability.NONE && !request.repeatable();
  }

  /** Notes in the record all chunks that wait for it. */
  private void note(Call call) {
    try {
      noting.enter(call);
      try {
        for (var run = notes.take(); run.isPresent(); run = notes.take()) {
          note(run.get(), call);
        }
      } finally {
        noting.leave();
      }
    } catch (StorageException e) {
      poison = e;
    } catch (RuntimeException e) {
      poison = StorageException.of(ErrorKind.UNKNOWN, "The driver failed on a record.", e);
    }
  }

  private void note(ChunkNotes.Run run, Call call) throws StorageException {
    record.chunks(run.first(), run.entries(), call);
    call.progressed();
    long index = run.first();
    for (ChunkEntry entry : run.entries()) {
      content.acknowledged(index++, entry);
    }
  }

  /** Waits until every chunk is written and noted. */
  private void awaitIdle(Call call) throws StorageException {
    window.awaitIdle(call);
    note(call);
    noting.awaitIdle(call);
  }

  @Override
  public void flush(Call call) throws StorageException {
    requireUsable(call);
    awaitIdle(call);
    requireUsable(call);
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    flush(call);
    TreeMap<Long, ChunkEntry> chunks = content.trusted(own.keySet(), call);
    List<ByteRange> ranges = new ArrayList<>();
    long start = 0;
    long end = 0;
    for (Map.Entry<Long, ChunkEntry> chunk : chunks.entrySet()) {
      long at = chunk.getKey() * record.chunkSize();
      if (at != end) {
        if (end > start) {
          ranges.add(ByteRange.of(start, end - start));
        }
        start = at;
      }
      end = at + chunk.getValue().length();
    }
    if (end > start) {
      ranges.add(ByteRange.of(start, end - start));
    }
    return ranges;
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    Call call = request.call();
    requireUsable(call);
    StagedCommit ending = new StagedCommit(disk, record, file, content);
    ending.look(targetWasAbsent, call);
    if (resumed) {
      flush(call);
    } else {
      window.awaitIdle(call);
      requireUsable(call);
      disk.context.workers().execute(() -> note(call));
    }
    LastByte end = last.get();
    FileMetadata saved =
        ending.commit(
            request,
            new StagedCommit.Taken(
                Map.copyOf(own),
                resumed,
                end != null && end.offset() == request.length() - 1
                    ? Optional.of(end.value())
                    : Optional.empty()),
            () -> flush(call));
    if (state.compareAndSet(State.OPEN, State.COMMITTED)) {
      letGo();
    }
    return saved;
  }

  @Override
  public void detach(Call call) throws StorageException {
    if (state.get() != State.OPEN) {
      return;
    }
    try {
      awaitIdle(call);
      if (poison == null && record.request().durability() != Durability.NONE) {
        content.sync(call);
      }
    } finally {
      if (state.compareAndSet(State.OPEN, State.DETACHED)) {
        letGo();
      }
    }
  }

  @Override
  public void close() {
    if (!state.compareAndSet(State.OPEN, State.CLOSED)) {
      return;
    }
    try {
      file.close();
      record.close();
      WriteRequest request = record.request();
      new StagedAbort(disk).abort(record.path(), request.writeId(), request.call());
    } finally {
      disk.activity.end();
    }
  }

  private void letGo() {
    try {
      file.close();
      record.close();
    } finally {
      disk.activity.end();
    }
  }

  private void requireUsable(Call call) throws StorageException {
    StorageException failure = poison;
    if (failure != null) {
      throw failure.toBuilder().build();
    }
    if (state.get() != State.OPEN) {
      throw StorageException.of(
          ErrorKind.CLOSED, "The writer is closed; resume the upload by its id.");
    }
    call.check();
  }
}
