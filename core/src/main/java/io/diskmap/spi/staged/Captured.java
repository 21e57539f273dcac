package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.util.Optional;

/**
 * A file that is taken from its path to a hidden name, to be looked at there, where nobody replaces
 * it, and then to be removed or put back.
 *
 * <p>Thread-safe. The hidden name is the file's own, or that of a directory with nothing but the
 * file in it. The latter is for servers that keep in mind which file has which name: where another
 * file takes the path while it is renamed, such a server renames that one, and tells of the first
 * under the new name. What a directory that nobody has read holds, it has to read.
 */
final class Captured {
  private static final String INSIDE = "captured";

  private final StagedDisk disk;
  private final StoragePath path;
  private final String hidden;

  /** The file of a path, under the hidden name made of an id. */
  Captured(StagedDisk disk, StoragePath path, String id) {
    this.disk = disk;
    this.path = path;
    this.hidden = RemotePaths.hidden(path, id);
  }

  /**
   * Takes the file, of whatever version it is; false where there is none. Where an answer was lost,
   * a look settles it.
   *
   * <p>The hidden name is new, so a rename over what stands there is a rename; one that must refuse
   * an existing name can be two steps on the server, the second of which takes a newer file.
   */
  boolean take(Call call) throws StorageException {
    try {
      if (disk.options.captureInDirectory()) {
        disk.store.makeDirectory(hidden, call);
      }
      if (disk.options.canReplace()) {
        disk.store.replace(path.value(), name(), call);
      } else {
        disk.store.renameNew(path.value(), name(), call);
      }
      return true;
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return false;
      }
      if (Cleaning.isOpen(e) && settle(call, e).isPresent()) {
        return true;
      }
      leave(call);
      throw e;
    }
  }

  /** Removes what is there for a file that was not taken; false where that is left to the sweep. */
  boolean leave(Call call) {
    Call cleaning = Cleaning.after(call);
    return !disk.options.captureInDirectory()
        || Quietly.run(
            () -> Repeat.run(cleaning, () -> disk.store.removeDirectory(hidden, cleaning)));
  }

  /** What the file is; asked again where the connection breaks, and OUTCOME_UNKNOWN after that. */
  Optional<RemoteStat> settle(Call call, StorageException why) throws StorageException {
    return Settling.settle(why, call, this::look, Optional::isPresent);
  }

  /** Whether it is not removed and not put back. */
  boolean isThere(Call call) throws StorageException {
    return disk.store.look(hidden, call).isPresent();
  }

  private Optional<RemoteStat> look(Call call) throws StorageException {
    return disk.options.captureInDirectory() ? lookInside(call) : disk.store.look(hidden, call);
  }

  private Optional<RemoteStat> lookInside(Call call) throws StorageException {
    RemoteStat[] found = new RemoteStat[1];
    disk.store.list(
        hidden,
        (name, stat) -> {
          if (name.equals(INSIDE)) {
            found[0] = stat;
          }
        },
        call);
    return Optional.ofNullable(found[0]);
  }

  /** Removes it; false where it was gone. */
  boolean remove(Call call) throws StorageException {
    boolean removed = disk.store.remove(name(), call);
    if (disk.options.captureInDirectory()) {
      disk.store.removeDirectory(hidden, call);
    }
    return removed;
  }

  private String name() {
    return disk.options.captureInDirectory() ? RemotePaths.in(hidden, INSIDE) : hidden;
  }

  /** Puts the file back; where a newer one has come, the captured one was replaced and goes. */
  void putBack(Call call) throws StorageException {
    for (int attempt = 1; attempt < Directories.TRIES; attempt++) {
      try {
        giveName(call);
        remove(call);
        return;
      } catch (StorageException e) {
        if (e.kind() == ErrorKind.ALREADY_EXISTS) {
          remove(call);
          return;
        }
        if (e.kind() == ErrorKind.NOT_FOUND) {
          if (look(call).isEmpty()) {
            remove(call);
            return;
          }
          disk.directories.make(RemotePaths.parent(path.value()), call);
        } else if (Repeat.isOpen(e)) {
          Repeat.pause(call, attempt, e);
        } else {
          throw e;
        }
      }
    }
    throw Publisher.keepsChanging();
  }

  /** The server has to know which file this is, so a directory is listed first. */
  private void giveName(Call call) throws StorageException {
    if (disk.options.captureInDirectory()) {
      lookInside(call);
    }
    if (disk.options.canLinkNew()) {
      disk.store.linkNew(name(), path.value(), call);
    } else {
      disk.store.renameNew(name(), path.value(), call);
    }
  }
}
