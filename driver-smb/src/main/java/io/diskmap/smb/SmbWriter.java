package io.diskmap.smb;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.staged.StagedSaves;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A chunked save that the disk knows of until it has ended.
 *
 * <p>Thread-safe. What it has staged is removed again later where the server could not be asked in
 * the moment of its end.
 */
final class SmbWriter implements StorageWriter {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int TRIES = 20;

  private final StorageWriter staged;
  private final StagedSaves saves;
  private final DriverContext context;
  private final Activity activity;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean kept;

  /** Watches a writer; the activity has begun with it. */
  SmbWriter(StorageWriter staged, StagedSaves saves, DriverContext context, Activity activity) {
    this.staged = staged;
    this.saves = saves;
    this.context = context;
    this.activity = activity;
    activity.begin();
  }

  @Override
  public UploadId id() {
    return staged.id();
  }

  @Override
  public StoragePath path() {
    return staged.path();
  }

  @Override
  public int chunkSize() {
    return staged.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    staged.write(offset, chunk, call);
  }

  @Override
  public void flush(Call call) throws StorageException {
    staged.flush(call);
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    return staged.received(call);
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    FileMetadata saved = staged.commit(request);
    kept = true;
    end();
    return saved;
  }

  @Override
  public void detach(Call call) throws StorageException {
    kept = true;
    staged.detach(call);
  }

  @Override
  public void close() {
    long start = System.nanoTime();
    staged.close();
    boolean slow = System.nanoTime() - start > context.timeout().toNanos() / 2;
    if (kept || !slow || !abortLater()) {
      end();
    }
  }

  private boolean abortLater() {
    try {
      context.workers().execute(this::abort);
      return true;
    } catch (RejectedExecutionException leftToTheSweep) {
      return false;
    }
  }

  private void abort() {
    Call call = Call.within(io.diskmap.CallContext.none(), PATIENCE);
    try {
      for (int i = 0; i < TRIES && !call.isEnded(); i++) {
        try {
          saves.abortWrite(id(), call);
          return;
        } catch (StorageException notYet) {
          call.pause(PAUSE);
        }
      }
    } catch (StorageException leftToTheSweep) {
      kept = false;
    } finally {
      end();
    }
  }

  private void end() {
    if (ended.compareAndSet(false, true)) {
      activity.end();
    }
  }
}
