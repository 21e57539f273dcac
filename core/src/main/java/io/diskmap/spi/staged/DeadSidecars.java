package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.util.Optional;

/**
 * Removes sidecars whose files are gone, on a server that tells no file ids.
 *
 * <p>Thread-safe. There the identity of a file is its path, size and time, so a newer file can take
 * an identity in the very second in which the older one's sidecar is removed. A sidecar therefore
 * goes only when its save has neither its hidden file any more nor the path, looked at in this
 * order; and it is renamed first and read under its new name, so that one that was made meanwhile
 * is put back.
 */
final class DeadSidecars {
  private final RemoteStore files;
  private final RemoteStore state;
  private final boolean canReplace;

  /**
   * The sidecars of a disk.
   *
   * @param canReplace whether the server renames over a file in one step, and so any rename
   */
  DeadSidecars(RemoteStore files, RemoteStore state, boolean canReplace) {
    this.files = files;
    this.state = state;
    this.canReplace = canReplace;
  }

  /** How the sidecar of a name is read. */
  @FunctionalInterface
  interface Reading {
    Optional<Sidecars.Stored> read(String name) throws StorageException;
  }

  /** Whether the file of a sidecar was not published yet. */
  boolean isWaiting(Sidecars.Stored stored, RemoteStat file, Call call) throws StorageException {
    return files
        .look(stored.waitsAt(), call)
        .filter(waiting -> isSameVersion(waiting, file))
        .isPresent();
  }

  /** Removes the sidecar of an identity where its file is gone; whether the name is free now. */
  boolean remove(String name, StoragePath path, RemoteStat file, Reading reading, Call call)
      throws StorageException {
    Optional<Sidecars.Stored> stored = reading.read(name);
    if (stored.isEmpty()) {
      return state.look(name, call).isEmpty();
    }
    return !isAlive(stored.get(), path.value(), file, call)
        && take(name, stored.get(), reading, call);
  }

  /** Whether the file of a sidecar waits to be published or is at its path. */
  boolean isAlive(Sidecars.Stored stored, String path, RemoteStat file, Call call)
      throws StorageException {
    return isWaiting(stored, file, call)
        || files.look(path, call).filter(now -> isSameVersion(now, file)).isPresent();
  }

  private static boolean isSameVersion(RemoteStat one, RemoteStat other) {
    return one.size() == other.size() && one.modified().equals(other.modified());
  }

  /** Removes a sidecar that is still this one; whether the name is free now. */
  boolean take(String name, Sidecars.Stored dead, Reading reading, Call call)
      throws StorageException {
    String taken = name + '-' + RemotePaths.randomId();
    try {
      if (canReplace) {
        state.replace(name, taken, call);
      } else {
        state.renameNew(name, taken, call);
      }
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return true;
      }
      throw e;
    }
    if (reading.read(taken).filter(dead::equals).isPresent()) {
      state.remove(taken, call);
      return true;
    }
    putBack(taken, name, call);
    return false;
  }

  /** Gives a sidecar its name back, unless a newer one has it; nothing where others were first. */
  void putBack(String taken, String name, Call call) throws StorageException {
    try {
      state.renameNew(taken, name, call);
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return;
      }
      if (e.kind() != ErrorKind.ALREADY_EXISTS) {
        throw e;
      }
      state.remove(taken, call);
    }
  }
}
