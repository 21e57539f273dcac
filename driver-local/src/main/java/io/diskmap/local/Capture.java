package io.diskmap.local;

import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * The delete of one version only (clause D8): taken away by a rename, compared, and put back if it
 * is another one.
 *
 * <p>Thread-safe. Where the version already differs at a look nothing is touched. A file that
 * another program has put in the place between look and rename is found by comparing what was
 * captured, and is put back by a link, which never replaces a still newer one.
 */
final class Capture {
  private final Disk disk;

  Capture(Disk disk) {
    this.disk = disk;
  }

  /** Deletes this version; the lock of the path is held by the caller. */
  void delete(Lookup.Found found, StoragePath path, VersionTag wanted, Call call)
      throws IOException {
    if (!found.version().tag().matches(wanted)) {
      throw Publisher.otherVersion(null);
    }
    call.check();
    Attrs seen = found.version().attrs();
    String id = StagedNames.randomId();
    Path hidden = StagedNames.of(id);
    int slot = disk.saves.begin(SaveTable.Kind.CAPTURED, id, path);
    boolean settled = false;
    try {
      found.parent().rename(found.name(), found.parent(), hidden);
      if (look(found.parent(), hidden, found.name()).isSameContent(seen)) {
        found.parent().deleteFile(hidden);
        settled = true;
        return;
      }
      putBack(found.parent(), hidden, found.name());
      settled = true;
    } catch (NoSuchFileException removedByAnother) {
      settled = Publisher.statIfThere(found.parent(), hidden).isEmpty();
      throw removedByAnother;
    } finally {
      if (settled) {
        disk.saves.end(slot);
      }
    }
    throw Publisher.otherVersion(null);
  }

  /**
   * Looks at a captured file. The system answers looks at a mount from what it remembers, for a
   * minute perhaps: there the file that this machine last saw at the path counts as the one that
   * was renamed, though another machine's has its name by now. An open asks the server which one it
   * is.
   */
  private Attrs look(Dir parent, Path hidden, Path name) throws IOException {
    Attrs remembered = parent.stat(hidden);
    if (disk.clock.isOwn() || !remembered.isFile()) {
      return remembered;
    }
    try (FileChannel asked =
        parent.openFile(hidden, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      return parent.stat(hidden);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      putBack(parent, hidden, name);
      throw e;
    }
  }

  /** Gives a captured file its name again, unless a newer file has it. */
  static void putBack(Dir parent, Path hidden, Path name) throws IOException {
    try {
      parent.link(hidden, parent, name);
    } catch (FileAlreadyExistsException newer) {
      // The newer file stands; the captured one was replaced by it.
    } catch (FileSystemException e) {
      if (!LocalErrors.isLacking(e)) {
        throw e;
      }
      if (Publisher.statIfThere(parent, name).isEmpty()) {
        parent.rename(hidden, parent, name);
        return;
      }
    }
    parent.deleteFile(hidden);
  }
}
