package io.diskmap.local;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The parts of one open local disk, which all its operations share.
 *
 * <p>Thread-safe.
 */
final class Disk implements AutoCloseable {
  final DriverContext context;
  final LocalOptions options;
  final SafeTree tree;
  final NewFiles files;
  final StateDir state;
  final StoreClock clock;
  final PathLocks locks;
  final CommitLocks commits;
  final SaveTable saves;
  final UploadRecords uploads;
  final Sidecars sidecars;
  final NameSyncs nameSyncs = new NameSyncs();
  final ChunkPlaces places = new ChunkPlaces();
  final Lookup lookup;
  private final SafeTree stateTree;
  private final AtomicInteger users = new AtomicInteger(1);
  private final Map<String, Integer> held = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Disk(
      DriverContext context, LocalOptions options, SafeTree tree, SafeTree stateTree, Path root)
      throws IOException {
    this.context = context;
    this.options = options;
    this.tree = tree;
    this.stateTree = stateTree;
    this.files =
        new NewFiles(options.fileMode(), options.directoryMode(), group(options.group(), root));
    List<Path> base = stateTree == tree ? List.of(Path.of(StateDir.NAME)) : List.of();
    this.state = new StateDir(stateTree, base, files);
    this.clock = new StoreClock(root);
    this.locks = PathLocks.shared(stateTree.run(Dir::self).key(), state);
    this.commits = CommitLocks.shared(stateTree.run(Dir::self).key(), state);
    this.saves = new SaveTable(state, clock);
    this.uploads = new UploadRecords(state);
    this.sidecars = new Sidecars(state);
    this.lookup = new Lookup(root, clock, options.followLinks());
  }

  /** Opens the root, whose checks the driver has made, and the directory for the records. */
  static Disk open(DriverContext context, LocalOptions options) throws IOException {
    Path root = options.root().toRealPath();
    SafeTree tree = new SafeTree(root);
    SafeTree stateTree = tree;
    try {
      if (options.stateDir().isPresent()) {
        Path stateDir = options.stateDir().get();
        if (!context.readOnly()) {
          Files.createDirectories(stateDir);
        }
        if (Files.isDirectory(stateDir)) {
          stateTree = new SafeTree(stateDir.toRealPath());
        }
      }
      return new Disk(context, options, tree, stateTree, root);
    } catch (IOException | RuntimeException e) {
      if (stateTree != tree) {
        Quietly.close(stateTree);
      }
      Quietly.close(tree);
      throw e;
    }
  }

  private static Optional<GroupPrincipal> group(Optional<String> name, Path root)
      throws IOException {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        root.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByGroupName(name.get()));
  }

  /** Keeps the disk open for a save, also through {@link #close}; each use leaves once. */
  void enter() throws StorageException {
    if (closed.get() || users.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.");
    }
  }

  /** Ends a use. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      Quietly.close(this::release);
    }
  }

  /** Begins a writer's hold on an upload, which keeps the disk open too. */
  void hold(String uploadId) throws StorageException {
    enter();
    held.merge(uploadId, 1, Integer::sum);
  }

  /** Ends a writer's hold on an upload. */
  void letGo(String uploadId) {
    held.computeIfPresent(uploadId, (same, count) -> count == 1 ? null : count - 1);
    leave();
  }

  /** Whether a writer of this disk holds an upload right now. */
  boolean isHeld(String uploadId) {
    return held.containsKey(uploadId);
  }

  /** Takes the lock of a path among Diskmap writers. */
  PathLocks.Held lock(StoragePath path, Call call) throws IOException {
    return locks.lock(path, call, context.timeout());
  }

  /** Takes the turn to commit an upload. */
  PathLocks.Held turnToCommit(String uploadId, Call call) throws IOException {
    return commits.lock(uploadId, call, context.timeout());
  }

  /** Takes the locks of two paths among Diskmap writers. */
  PathLocks.Held lockBoth(StoragePath one, StoragePath other, Call call) throws IOException {
    return locks.lockBoth(one, other, call, context.timeout());
  }

  /** Runs work from the root and translates its failure. */
  <T> T run(SafeTree.Work<T> work) throws StorageException {
    try {
      return tree.run(work);
    } catch (IOException | RuntimeException e) {
      throw translated(e);
    }
  }

  /** A failure of the system in the words of the contract; a mistake of the program as it is. */
  static StorageException translated(Exception failure) {
    boolean system =
        failure instanceof IOException
            || failure instanceof java.nio.file.DirectoryIteratorException
            || failure instanceof java.nio.file.ClosedDirectoryStreamException
            || failure instanceof java.nio.file.ClosedFileSystemException;
    if (!system && failure instanceof RuntimeException mistake) {
      throw mistake;
    }
    return LocalErrors.of(failure);
  }

  /** Whether the directory of so many leading names may go when it is empty. */
  boolean mayPrune(List<Path> names, int depth) {
    for (String kept : options.keepDirectories()) {
      if (Names.paths(List.of(kept.split("/"))).equals(names.subList(0, depth))) {
        return false;
      }
    }
    return true;
  }

  /** Removes the directories above a file that is gone, as far as they are empty. */
  void prune(Dir root, List<Path> parents) throws IOException {
    SafeTree.prune(root, parents, depth -> mayPrune(parents, depth));
  }

  /** Lets no more saves begin; the last one that is under way cleans up and closes the files. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      leave();
    }
  }

  private void release() throws IOException {
    try {
      saves.close();
    } finally {
      locks.close();
      commits.close();
      tree.close();
      if (stateTree != tree) {
        stateTree.close();
      }
    }
  }
}
