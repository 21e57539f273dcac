package io.diskmap.local;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.tree.DirectoryLister;
import io.diskmap.spi.tree.EntrySink;
import io.diskmap.spi.tree.TreeEntry;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One directory of a local tree in a listing.
 *
 * <p>For one thread. At most {@value #MAX_OPEN} directories of a listing are open at a time; in a
 * deeper tree the outer ones are closed and walked to again when their turn comes back.
 */
final class LocalLister implements DirectoryLister {
  private static final int MAX_OPEN = 8;
  private static final int MANY = 48;

  private final Disk disk;
  private final List<Path> names;
  private final Deque<LocalLister> open;
  private volatile @Nullable Dir directory;

  private LocalLister(Disk disk, List<Path> names, Deque<LocalLister> open) {
    this.disk = disk;
    this.names = names;
    this.open = open;
  }

  /** The directory of a prefix; empty where there is none. */
  static Optional<LocalLister> open(Disk disk, StoragePath prefix) throws StorageException {
    List<Path> names = Names.paths(prefix.segments());
    return new LocalLister(disk, names, new ArrayDeque<>()).opened();
  }

  private Optional<LocalLister> opened() throws StorageException {
    try {
      directory();
      return Optional.of(this);
    } catch (NoSuchFileException | NotDirectoryException | LinkRefusedException none) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      throw Disk.translated(e);
    }
  }

  private Dir directory() throws IOException {
    Dir present = directory;
    if (present != null) {
      return present;
    }
    Dir walked = disk.tree.run(root -> SafeTree.walk(root, names));
    hold(walked);
    return walked;
  }

  private void hold(Dir walked) {
    directory = walked;
    open.addLast(this);
    if (open.size() > MAX_OPEN) {
      LocalLister outer = open.removeFirst();
      outer.closeDirectory();
    }
  }

  @Override
  public void scan(EntrySink sink, Call call) throws StorageException {
    int seen = 0;
    try (DirectoryStream<Path> found = directory().names()) {
      for (Path each : found) {
        Optional<String> name = Names.lastText(each);
        boolean more =
            name.isPresent() ? sink.name(name.get()) : sink.foreign(each.getFileName().toString());
        if (!more) {
          return;
        }
        if ((++seen & 0xFFF) == 0) {
          call.check();
        }
      }
    } catch (NoSuchFileException | NotDirectoryException | LinkRefusedException gone) {
      return;
    } catch (DirectoryIteratorException e) {
      throw LocalErrors.of(e);
    } catch (IOException | RuntimeException e) {
      throw Disk.translated(e);
    }
  }

  @Override
  public Optional<TreeEntry> look(String name, Call call) throws StorageException {
    Path file = Names.path(name);
    try {
      Version version = disk.lookup.version(directory(), file);
      return switch (version.attrs().kind()) {
        case FILE -> Optional.of(entry(version));
        case DIRECTORY -> Optional.of(TreeEntry.directory());
        case LINK -> Optional.of(behind(file));
        case OTHER -> Optional.of(TreeEntry.other());
      };
    } catch (NoSuchFileException | NotDirectoryException | LinkRefusedException gone) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      throw Disk.translated(e);
    }
  }

  /** The looks go over the caller and one worker; what no worker takes the caller does. */
  @Override
  public List<Optional<TreeEntry>> lookAll(List<String> names, Call call) throws StorageException {
    if (names.size() < MANY || opened().isEmpty()) {
      return DirectoryLister.super.lookAll(names, call);
    }
    List<Optional<TreeEntry>> found =
        new ArrayList<>(Collections.nCopies(names.size(), Optional.empty()));
    TaskRun run = new TaskRun(disk.context.workers(), 1, call);
    int part = Math.max(MANY / 2, names.size() / 8);
    for (int start = 0; start < names.size(); start += part) {
      int first = start;
      int end = Math.min(start + part, names.size());
      run.add(
          () -> {
            for (int i = first; i < end; i++) {
              found.set(i, look(names.get(i), call));
            }
          });
    }
    run.finish();
    return found;
  }

  private TreeEntry behind(Path link) throws IOException {
    return disk.tree
        .run(root -> disk.lookup.behind(root, names, link))
        .map(LocalLister::entry)
        .orElse(TreeEntry.other());
  }

  private static TreeEntry entry(Version file) {
    return TreeEntry.file(file.attrs().size(), file.attrs().modified(), file.tag());
  }

  @Override
  public Optional<LocalLister> enter(String name, Call call) throws StorageException {
    Path child = Names.path(name);
    List<Path> below = new ArrayList<>(names);
    below.add(child);
    LocalLister lister = new LocalLister(disk, List.copyOf(below), open);
    try {
      lister.hold(directory().open(child));
      return Optional.of(lister);
    } catch (NoSuchFileException | NotDirectoryException | LinkRefusedException gone) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      throw Disk.translated(e);
    }
  }

  private void closeDirectory() {
    Dir present = directory;
    directory = null;
    if (present != null) {
      Quietly.close(present);
    }
  }

  @Override
  public void close() {
    open.remove(this);
    closeDirectory();
  }
}
