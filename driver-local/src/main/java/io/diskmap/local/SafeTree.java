package io.diskmap.local;

import java.io.IOException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;

/**
 * The tree below a root, reached step by step from an open handle of it, so that no link is
 * followed.
 *
 * <p>Thread-safe. A handle that the file server has forgotten (ESTALE) is opened again, once for
 * each attempt. Nothing is remembered below the root: each operation walks afresh.
 */
final class SafeTree implements AutoCloseable {
  /** How often a directory that another process prunes in the same moment is made again. */
  static final int TRIES = 1000;

  /** Work that starts at the root. */
  @FunctionalInterface
  interface Work<T> {
    T from(Dir root) throws IOException;
  }

  private final Path path;
  private final ReentrantLock reopening = new ReentrantLock();
  private volatile Dir root;
  private volatile boolean closed;

  SafeTree(Path path) throws IOException {
    this.path = path;
    this.root = RootDir.open(path);
  }

  /** The root as a path of this machine, its links resolved. */
  Path path() {
    return path;
  }

  /** Runs work that can be begun again, once more where the root's handle has gone stale. */
  <T> T run(Work<T> work) throws IOException {
    Dir used = root;
    try {
      return work.from(used.borrowed());
    } catch (ClosedDirectoryStreamException | FileSystemException e) {
      boolean stale =
          e instanceof FileSystemException system ? LocalErrors.isStale(system) : root != used;
      if (closed || !stale) {
        throw e;
      }
    }
    return work.from(reopen(used).borrowed());
  }

  private Dir reopen(Dir stale) throws IOException {
    reopening.lock();
    try {
      if (root == stale && !closed) {
        root = RootDir.open(path);
        stale.close();
      }
      return root;
    } finally {
      reopening.unlock();
    }
  }

  /** Opens the directory at the end of these names; the caller closes it. */
  static Dir walk(Dir from, List<Path> names) throws IOException {
    return from.walk(names);
  }

  /**
   * Opens the directory at the end of these names and makes what is missing; the caller closes it.
   */
  static Dir make(Dir from, List<Path> names, NewFiles files, boolean durable) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return makeOnce(from, names, files, durable);
      } catch (NoSuchFileException vanished) {
        retryOrRefuse(attempt, vanished);
      }
    }
  }

  /**
   * Waits a random moment, so that a maker and a pruner that meet again and again part; refuses as
   * busy after very many times.
   */
  static void retryOrRefuse(int attempt, NoSuchFileException vanished) throws IOException {
    if (attempt >= TRIES) {
      FileSystemException busy =
          new FileSystemException(
              vanished.getFile(), null, "Resource temporarily unavailable: it keeps vanishing");
      busy.addSuppressed(vanished);
      throw busy;
    }
    long longest = 10_000L * Math.min(attempt, 50);
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest));
  }

  /** The same in one try, which ends with NoSuchFileException where another removes them. */
  static Dir makeOnce(Dir from, List<Path> names, NewFiles files, boolean durable)
      throws IOException {
    Dir at = from.borrowed();
    for (Path name : names) {
      try (Dir parent = at) {
        at = openOrMake(parent, name, files, durable);
      }
    }
    return at;
  }

  private static Dir openOrMake(Dir parent, Path name, NewFiles files, boolean durable)
      throws IOException {
    try {
      return parent.open(name);
    } catch (NoSuchFileException missing) {
      try {
        files.makeDirectory(parent, name);
      } catch (FileAlreadyExistsException madeByAnother) {
        return parent.open(name);
      }
      if (durable) {
        parent.sync();
      }
      return parent.open(name);
    }
  }

  /**
   * Removes empty directories from the end of these names upwards, by rmdir alone, as far as each
   * is empty and may go.
   *
   * @param mayGo whether the directory of so many leading names may be removed
   */
  static void prune(Dir from, List<Path> names, IntPredicate mayGo) throws IOException {
    for (int depth = names.size(); depth > 0 && mayGo.test(depth); depth--) {
      try (Dir parent = walk(from, names.subList(0, depth - 1))) {
        parent.deleteDirectory(names.get(depth - 1));
      } catch (NoSuchFileException gone) {
        continue;
      } catch (FileSystemException notEmptyOrKept) {
        return;
      }
    }
  }

  /** Removes a directory that holds nothing but directories; false where there is any file. */
  static boolean removeEmpty(Dir parent, Path name) throws IOException {
    Deque<Path> children = new ArrayDeque<>();
    try (Dir directory = parent.open(name)) {
      try (DirectoryStream<Path> found = directory.names()) {
        for (Path child : found) {
          if (!directory.stat(child.getFileName()).isDirectory()) {
            return false;
          }
          children.add(child.getFileName());
        }
      }
      for (Path child : children) {
        if (!removeEmpty(directory, child)) {
          return false;
        }
      }
    } catch (NoSuchFileException gone) {
      return true;
    }
    try {
      parent.deleteDirectory(name);
      return true;
    } catch (NoSuchFileException gone) {
      return true;
    } catch (DirectoryNotEmptyException filled) {
      return false;
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() throws IOException {
    reopening.lock();
    try {
      closed = true;
      root.close();
    } finally {
      reopening.unlock();
    }
  }
}
