package io.diskmap.local;

import io.diskmap.DeleteReport;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One delete of all below a prefix: in parallel, by the stored names, links themselves and never
 * what they lead to.
 *
 * <p>For one call; its own tasks run in several threads. A directory is read once its turn comes;
 * its files go in batches, its directories become tasks, and it is removed when all of them are
 * through. What a save has staged stays while the save can still be published, and so do the
 * directories of it.
 */
final class PrefixDelete {
  private static final int BATCH = 256;
  private static final int MANY_TASKS = 512;
  private static final int MOST_TASKS = 50_000;
  private static final int MOST_NESTED = 200;
  private static final int PASSES = 3;
  private static final Duration STAGED_AGE = Duration.ofHours(1);

  private final Disk disk;
  private final List<Path> prefix;
  private final boolean dryRun;
  private final Call call;
  private final TaskRun tasks;
  private final LongAdder files = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Queue<DeleteReport.Failure> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger named = new AtomicInteger();
  private volatile boolean withSidecars;

  PrefixDelete(Disk disk, StoragePath prefix, boolean dryRun, Call call) {
    this.disk = disk;
    this.prefix = Names.paths(prefix.segments());
    this.dryRun = dryRun;
    this.call = call;
    int helpers = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() - 1));
    this.tasks = new TaskRun(disk.context.workers(), helpers, call);
  }

  DeleteReport run() throws StorageException {
    withSidecars = disk.run(root -> disk.sidecars.mayHaveAny());
    Branch top = new Branch(null, prefix);
    tasks.add(top::read);
    tasks.finish();
    List<DeleteReport.Failure> shown = new ArrayList<>(failures);
    return new DeleteReport(files.sum(), bytes.sum(), failed.sum(), shown, dryRun);
  }

  /** One directory on the way: read, emptied, and removed when nothing of it is left to do. */
  private final class Branch {
    private final @Nullable Branch above;
    private final List<Path> names;
    private final AtomicInteger open = new AtomicInteger(1);

    /** Whether it is known why the directory cannot go. */
    private volatile boolean stays;

    private int passes;

    Branch(@Nullable Branch above, List<Path> names) {
      this.above = above;
      this.names = names;
    }

    void read() throws StorageException {
      passes++;
      try {
        Shared directory = new Shared(disk.tree.run(root -> SafeTree.walk(root, names)));
        try {
          readNames(directory);
        } finally {
          directory.leave();
        }
      } catch (NoSuchFileException | NotDirectoryException missing) {
        // Another program was faster, or there is a file in its place, which is not below it.
      } catch (IOException | DirectoryIteratorException e) {
        stays = true;
        fail(names, e);
      }
      done();
    }

    private void readNames(Shared directory) throws IOException {
      List<Path> batch = new ArrayList<>(BATCH);
      try (DirectoryStream<Path> found = directory.dir.names()) {
        for (Path each : found) {
          batch.add(each.getFileName());
          if (batch.size() == BATCH) {
            call.check();
            hand(directory, batch);
            batch = new ArrayList<>(BATCH);
          }
        }
      }
      removeAll(directory.dir, batch);
    }

    /** A batch becomes a task of its own where a worker may take it. */
    private void hand(Shared directory, List<Path> batch) throws StorageException {
      if (tasks.waiting() > MANY_TASKS) {
        removeAll(directory.dir, batch);
        return;
      }
      open.incrementAndGet();
      directory.enter();
      tasks.add(
          () -> {
            try {
              removeAll(directory.dir, batch);
            } finally {
              directory.leave();
            }
            done();
          });
    }

    private void removeAll(Dir directory, List<Path> batch) throws StorageException {
      for (Path name : batch) {
        try {
          remove(directory, name);
        } catch (NoSuchFileException missing) {
          continue;
        } catch (IOException e) {
          if (e instanceof StorageException ended && call.isEnded()) {
            throw ended;
          }
          stays = true;
          fail(below(name), e);
        }
      }
    }

    private void remove(Dir directory, Path name) throws IOException {
      Attrs found = directory.stat(name);
      if (isKept(name, found)) {
        stays = true;
        return;
      }
      if (found.isDirectory()) {
        descend(new Branch(this, below(name)));
        return;
      }
      if (!dryRun) {
        directory.deleteFile(name);
      }
      files.increment();
      if (found.isFile()) {
        bytes.add(found.size());
        if (!dryRun && withSidecars) {
          disk.sidecars.remove(found);
        }
      }
    }

    private void descend(Branch child) throws StorageException {
      open.incrementAndGet();
      if (tasks.waiting() > MOST_TASKS && names.size() < MOST_NESTED) {
        child.read();
      } else {
        tasks.add(child::read);
      }
    }

    /** The disk's own records stay, and what a save has staged that may still be published. */
    private boolean isKept(Path name, Attrs found) throws IOException {
      String text = name.toString();
      if (!text.startsWith(StateDir.NAME)) {
        return false;
      }
      if (names.isEmpty() && text.equals(StateDir.NAME)) {
        return true;
      }
      return text.matches("\\.diskmap-[0-9a-f]{32}")
          && (disk.uploads.lastWritten(text.substring(StagedNames.PREFIX.length())).isPresent()
              || disk.clock.since(found.modified()).compareTo(STAGED_AGE) < 0);
    }

    private List<Path> below(Path name) {
      List<Path> all = new ArrayList<>(names);
      all.add(name);
      return all;
    }

    /**
     * One part is through; after the last one the directory goes, or is read again if it filled.
     */
    private void done() throws StorageException {
      if (open.decrementAndGet() > 0) {
        return;
      }
      boolean mayGo = !dryRun && !names.isEmpty() && disk.mayPrune(names, names.size());
      if (!mayGo || stays || !removed()) {
        if (mayGo && !stays && passes < PASSES) {
          // Names that came, or that the system passed over, while others were removed.
          open.set(1);
          tasks.add(this::read);
          return;
        }
        if (above != null) {
          above.stays = true;
        }
      }
      if (above != null) {
        above.done();
      } else if (!dryRun) {
        pruneAbove();
      }
    }

    private boolean removed() {
      int last = names.size() - 1;
      try {
        return disk.tree.run(
            root -> {
              try (Dir parent = SafeTree.walk(root, names.subList(0, last))) {
                parent.deleteDirectory(names.get(last));
              }
              return true;
            });
      } catch (NoSuchFileException goneAlready) {
        return true;
      } catch (IOException filledOrKept) {
        return false;
      }
    }

    private void pruneAbove() throws StorageException {
      if (names.size() > 1) {
        disk.run(
            root -> {
              disk.prune(root, names.subList(0, names.size() - 1));
              return true;
            });
      }
    }
  }

  private void fail(List<Path> names, Exception e) {
    failed.increment();
    if (named.getAndIncrement() < DeleteReport.MAX_FAILURES) {
      String path = names.stream().map(Names::shown).collect(Collectors.joining("/"));
      failures.add(new DeleteReport.Failure(path, Disk.translated(e)));
    }
  }

  /** An open directory that several batches use; the last one closes it. */
  private static final class Shared {
    private final Dir dir;
    private final AtomicInteger users = new AtomicInteger(1);

    Shared(Dir dir) {
      this.dir = dir;
    }

    void enter() {
      users.incrementAndGet();
    }

    void leave() {
      if (users.decrementAndGet() == 0) {
        Quietly.close(dir);
      }
    }
  }
}
