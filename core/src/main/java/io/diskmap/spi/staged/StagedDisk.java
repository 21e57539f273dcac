package io.diskmap.spi.staged;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one open disk, which all its saves and deletes share.
 *
 * <p>Thread-safe.
 */
final class StagedDisk {
  private static final Duration GOODBYE = Duration.ofSeconds(5);

  final DriverContext context;
  final StagedOptions options;
  final RemoteStore store;
  final StateFiles state;
  final Directories directories;
  final Sidecars sidecars;
  final UploadRecords records;
  final StoreClock clock;
  final Activity activity = new Activity();
  final LateCleaning late;
  private final ReentrantLock beginning = new ReentrantLock();
  private volatile @Nullable StageTable table;
  private volatile boolean closed;

  StagedDisk(
      DriverContext context, StagedOptions options, RemoteStore store, RemoteStore stateStore) {
    this.context = context;
    this.options = options;
    this.store = store;
    this.directories = new Directories(store, options.keepDirectories());
    this.state =
        new StateFiles(
            stateStore, options.stateBase(), new Directories(stateStore, java.util.List.of()));
    this.clock = new StoreClock(options.granularity(), context.clock().instant());
    this.sidecars =
        new Sidecars(state, clock, new DeadSidecars(store, stateStore, options.canReplace()));
    this.records = new UploadRecords(state);
    this.late = new LateCleaning(context, activity);
  }

  /** The table of hidden files, entered; the user leaves it once. */
  StageTable enterTable(Call call) throws StorageException {
    for (StageTable current = table; ; current = table) {
      if (current != null && !current.isWornOut() && current.enter()) {
        return current;
      }
      StageTable fresh = StageTable.begin(state, call);
      boolean taken = false;
      beginning.lock();
      try {
        if (table == current && !closed) {
          table = fresh;
          taken = true;
        }
      } finally {
        beginning.unlock();
      }
      StageTable unused = taken ? current : fresh;
      if (unused != null) {
        unused.leave(true, call);
      }
      if (closed && !taken) {
        throw StorageException.of(io.diskmap.ErrorKind.CLOSED, "The disk is closed.");
      }
    }
  }

  /** Learns the server's time by a write. */
  void observeTime(Call call) throws StorageException {
    StageTable current = enterTable(call);
    try {
      clock.observe(current.touch(call).modified());
    } finally {
      current.leave(true, Cleaning.fresh(call));
    }
  }

  /** The server's time where others had a file in hand that ends now. */
  Optional<Instant> timeAmongOthers(boolean others, Call call) throws StorageException {
    if (!others) {
      return Optional.empty();
    }
    if (clock.wantsObservation()) {
      observeTime(call);
    }
    return Optional.of(clock.now());
  }

  /** The name of the table in use; empty text where there is none. */
  String tableName() {
    StageTable current = table;
    return current == null ? "" : current.name();
  }

  /** The version tag of a look. */
  VersionTag tag(RemoteStat stat) {
    return new VersionTag(stat.version(), clock.isSettled(stat.modified()));
  }

  /** What a listing tells of a file. */
  FileMetadata metadata(StoragePath path, RemoteStat stat) {
    return FileMetadata.file(path, stat.size(), stat.modified(), tag(stat));
  }

  /**
   * Lets what is under way tidy up, as long as the call may last, and ends the table; its file goes
   * where nothing was left behind.
   */
  void close(Call call) {
    late.close();
    activity.awaitNone(call.remaining(GOODBYE));
    StageTable last;
    beginning.lock();
    try {
      closed = true;
      last = table;
      table = null;
    } finally {
      beginning.unlock();
    }
    if (last != null) {
      last.leave(true, Cleaning.brief(call));
    }
  }
}
