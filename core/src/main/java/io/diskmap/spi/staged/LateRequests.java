package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.Optional;

/**
 * What a server still carries out for a process that was killed, or for a connection that broke,
 * while this process goes on with the same staged file.
 *
 * <p>Thread-safe. Such a request brings no other content, but it can date the file again, or give
 * it the name that this process is about to give it.
 */
final class LateRequests {
  private final StagedDisk disk;

  LateRequests(StagedDisk disk) {
    this.disk = disk;
  }

  /** The staged file where it was dated again; empty where it is as it was. */
  Optional<RemoteStat> redated(String staged, RemoteStat stat, Call call) throws StorageException {
    return disk.store.look(staged, call).filter(now -> isRedated(now, stat));
  }

  private static boolean isRedated(RemoteStat now, RemoteStat stat) {
    return now.isFile()
        && now.fileId().equals(stat.fileId())
        && now.size() == stat.size()
        && !now.modified().equals(stat.modified());
  }

  /** Whether the staged file has its name already. */
  boolean isPublished(Publisher.Ready ready, RemoteStat stat, Call call) throws StorageException {
    return disk.store
        .look(ready.path().value(), call)
        .filter(now -> now.isSame(stat) || (stat.fileId().isPresent() && isRedated(now, stat)))
        .isPresent();
  }

  /**
   * The published file as it is dated now, with its sidecar; the file's own id tells it from one
   * that was saved after it, so without one nothing is done. The file is published, whatever fails
   * here.
   */
  RemoteStat settled(Publisher.Ready ready, RemoteStat published, Call call) {
    RemoteStat[] stat = {published};
    if (published.fileId().isPresent()) {
      Quietly.run(
          () -> {
            for (int attempt = 0; attempt < Directories.TRIES; attempt++) {
              Optional<RemoteStat> now = redated(ready.path().value(), stat[0], call);
              if (now.isEmpty() || !isFollowed(ready, stat[0], now.get(), call)) {
                return;
              }
              stat[0] = now.get();
            }
          });
    }
    return stat[0];
  }

  /** Keeps what is kept for the new date; false where another save has it. */
  private boolean isFollowed(Publisher.Ready ready, RemoteStat old, RemoteStat now, Call call)
      throws StorageException {
    if (ready.kept().isEmpty()) {
      return true;
    }
    boolean followed =
        disk.sidecars.write(ready.path(), now, ready.stored(), ready.durable(), call);
    if (followed) {
      disk.sidecars.remove(ready.path(), old, call);
    }
    return followed;
  }
}
