package io.diskmap.http.server;

import io.diskmap.ByteRange;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.StorageException;
import io.diskmap.http.server.exchange.FileReply;
import io.diskmap.spi.FileRegion;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The open files of clients that read one file in several requests: each reader's requests are all
 * answered from the file that its first one opened, so that a save in between changes nothing for
 * it (clause S10). Thread-safe.
 *
 * <p>A file is kept until all bytes of the download have gone out, the client says that it has
 * left, or nothing was asked of it for a minute. Only what stands in an open local file is kept,
 * and a bounded number of them; other requests open the file anew, on their own conditions.
 */
final class KeptFiles implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int MOST = 256;

  /**
   * Whose file it is.
   *
   * @param keyId the key of the client
   * @param disk the disk by its name
   * @param path the path as the client names it
   * @param reader what the client calls its download
   */
  record Reader(String keyId, String disk, String path, String reader) {}

  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Reader, KeptFile> files = new HashMap<>();
  private final ScheduledThreadPoolExecutor clock;
  private boolean closed;

  KeptFiles() {
    this(PATIENCE);
  }

  KeptFiles(Duration patience) {
    this.patience = patience;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "diskmap-server-work-kept");
              thread.setDaemon(true);
              return thread;
            });
    clock.setKeepAliveTime(1, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    clock.setRemoveOnCancelPolicy(true);
  }

  /**
   * A part of the reader's file.
   *
   * @param whole what the reader reads in all
   * @param opener opens the file where none is kept
   */
  Download open(Reader reader, ByteRange whole, DownloadOptions options, FileReply.Opener opener)
      throws StorageException {
    Optional<KeptFile> known = use(reader);
    if (known.isEmpty()) {
      return keep(reader, whole, opener.open(options));
    }
    KeptFile file = known.get();
    boolean given = false;
    try {
      Download part = new Download(new KeptFileReader(file, options, () -> release(reader, file)));
      given = true;
      return part;
    } finally {
      if (!given) {
        release(reader, file);
      }
    }
  }

  private Download keep(Reader reader, ByteRange whole, Download opened) {
    Optional<FileRegion> region = opened.region();
    if (region.isEmpty()) {
      return opened;
    }
    KeptFile file = new KeptFile(opened, region.get().channel(), whole);
    lock.lock();
    try {
      if (closed || files.size() >= MOST || files.putIfAbsent(reader, file) != null) {
        return opened;
      }
      file.users++;
    } finally {
      lock.unlock();
    }
    return new Download(new KeptFileReader(file, opened.range(), () -> release(reader, file)));
  }

  private Optional<KeptFile> use(Reader reader) {
    lock.lock();
    try {
      KeptFile file = files.get(reader);
      if (file != null) {
        file.users++;
      }
      return Optional.ofNullable(file);
    } finally {
      lock.unlock();
    }
  }

  private void release(Reader reader, KeptFile file) {
    boolean over;
    lock.lock();
    try {
      file.users--;
      file.lastUsed = System.nanoTime();
      over = file.users == 0 && (closed || file.left || file.isComplete());
      if (over) {
        files.remove(reader, file);
      } else if (file.users == 0 && !file.watched) {
        file.watched = true;
        watch(reader, file, patience.toNanos());
      }
    } finally {
      lock.unlock();
    }
    if (over) {
      file.close();
    }
  }

  private void watch(Reader reader, KeptFile file, long nanos) {
    try {
      clock.schedule(() -> look(reader, file), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closing) {
      file.watched = false;
    }
  }

  private void look(Reader reader, KeptFile file) {
    boolean over = false;
    lock.lock();
    try {
      long left = file.lastUsed + patience.toNanos() - System.nanoTime();
      if (file.users > 0) {
        file.watched = false;
      } else if (left > 0) {
        watch(reader, file, left);
      } else {
        over = files.remove(reader, file);
      }
    } finally {
      lock.unlock();
    }
    if (over) {
      file.close();
    }
  }

  /** The client reads no more: its file is closed with the last of its requests. */
  void leave(Reader reader) {
    @Nullable KeptFile unused = null;
    lock.lock();
    try {
      KeptFile file = files.get(reader);
      if (file != null) {
        file.left = true;
        unused = file.users == 0 && files.remove(reader, file) ? file : null;
      }
    } finally {
      lock.unlock();
    }
    if (unused != null) {
      unused.close();
    }
  }

  /** Closes the files that nobody reads at the moment, and the others with their last request. */
  @Override
  public void close() {
    clock.shutdownNow();
    List<KeptFile> unused;
    lock.lock();
    try {
      closed = true;
      unused = files.values().stream().filter(file -> file.users == 0).toList();
      files.values().removeAll(unused);
    } finally {
      lock.unlock();
    }
    unused.forEach(KeptFile::close);
  }
}
