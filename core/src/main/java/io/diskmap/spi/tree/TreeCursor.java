package io.diskmap.spi.tree;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.SkippedNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files below a directory, sorted by the UTF-8 bytes of their whole paths, within bounded
 * memory.
 *
 * <p>For one thread. A directory is scanned when the walk reaches it; at most {@value #MAX_NAMES}
 * of its names are held, packed and sorted, and a larger directory is scanned again for each
 * further window. Names that are held in the directories above are given up beyond {@value
 * #MAX_BYTES} bytes in all and scanned again on the way back. A file that is there throughout comes
 * exactly once; one that vanishes between scan and look is left out. Directories that hold no file
 * do not exist for a listing.
 */
public final class TreeCursor implements EntryCursor {
  static final int MAX_NAMES = 100_000;
  static final int MAX_WINDOW_BYTES = 6 << 20;
  static final int MAX_BYTES = 20 << 20;
  private static final int FEW = 16;

  private final StoragePath prefix;
  private final ListRequest request;
  private final Call call;
  private final int windowNames;
  private final Deque<TreeFrame> frames = new ArrayDeque<>();
  private @Nullable FileMetadata entry;
  private final SkippedNames skipped = new SkippedNames();

  /** A listing that has gone through a directory is there to be read on. */
  private int lookAhead = TreeFrame.FIRST_LOOKS;

  /**
   * A cursor over what is below a prefix.
   *
   * @param directory the prefix's directory, closed with the cursor; empty where there is none
   */
  public TreeCursor(
      Optional<? extends DirectoryLister> directory, StoragePath prefix, ListRequest request)
      throws StorageException {
    this(directory, prefix, request, MAX_NAMES);
  }

  TreeCursor(
      Optional<? extends DirectoryLister> directory,
      StoragePath prefix,
      ListRequest request,
      int maxNames)
      throws StorageException {
    this.prefix = prefix;
    this.request = request;
    this.call = request.call();
    long wanted = Math.max(1000, Math.min(request.limit(), maxNames) * 2);
    this.windowNames = (int) Math.min(maxNames, wanted);
    if (directory.isEmpty()) {
      return;
    }
    DirectoryLister top = directory.get();
    if (request.startAfter().filter(a -> StartAfter.excludesAll(prefix, a)).isPresent()) {
      top.close();
      return;
    }
    String path = prefix.isRoot() ? "" : prefix.value() + "/";
    frames.push(new TreeFrame(top, path, startAfter(top), TreeFrame.FIRST_LOOKS, skipped));
  }

  /** In a listing of one level, a bound that names a directory stands for the directory's entry. */
  private @Nullable StartAfter startAfter(DirectoryLister top) throws StorageException {
    StartAfter plain = StartAfter.inside(prefix, request.startAfter());
    if (plain == null || !request.oneLevel() || plain.singleSegment().isEmpty()) {
      return plain;
    }
    String name = plain.singleSegment().get();
    try {
      boolean directory =
          top.look(name, call).filter(e -> e.kind() == EntryKind.DIRECTORY).isPresent();
      return directory ? StartAfter.of(name + "/") : plain;
    } catch (StorageException | RuntimeException e) {
      top.close();
      throw e;
    }
  }

  @Override
  public boolean next() throws StorageException {
    entry = null;
    while (!frames.isEmpty()) {
      call.check();
      TreeFrame frame = frames.element();
      boolean more = frame.fill(windowNames, MAX_WINDOW_BYTES, call);
      if (frame.waitingIsNext()) {
        takeDirectory(frame, frame.takeWaiting());
      } else if (more) {
        takeName(frame);
      } else {
        TreeFrame done = frames.pop();
        lookAhead = Math.max(lookAhead, done.lookAhead());
        done.directory.close();
      }
      if (entry != null) {
        return true;
      }
    }
    return false;
  }

  private void takeName(TreeFrame frame) throws StorageException {
    byte[] name = frame.peekName();
    TreeEntry found = frame.consume(windowNames, call).orElse(null);
    StartAfter after = frame.after;
    String text = new String(name, StandardCharsets.UTF_8);
    if (found == null) {
      return;
    }
    switch (found.kind()) {
      case FILE -> {
        if (after == null || after.admitsFile(name)) {
          pathOf(frame, text).ifPresent(path -> entry = fileEntry(path, found));
        }
      }
      case DIRECTORY -> {
        if (after == null || after.admitsDirectory(name)) {
          frame.await(name);
        }
      }
      default -> skipped.add(frame.path + text);
    }
  }

  private void takeDirectory(TreeFrame frame, byte[] name) throws StorageException {
    StartAfter after = frame.after;
    String text = new String(name, StandardCharsets.UTF_8);
    Optional<StoragePath> path = pathOf(frame, text);
    if (path.isEmpty()) {
      return;
    }
    if (!request.oneLevel()) {
      Optional<? extends DirectoryLister> child = frame.directory.enter(text, call);
      if (child.isPresent()) {
        StartAfter inside = after == null ? null : after.inside(name);
        frames.push(
            new TreeFrame(child.get(), path.get().value() + "/", inside, lookAhead, skipped));
        boundMemory();
      }
    } else if ((after == null || after.admitsDirectoryEntry(name))
        && holdsFile(frame.directory, text, path.get())) {
      entry = FileMetadata.directory(path.get());
    }
  }

  private static FileMetadata fileEntry(StoragePath path, TreeEntry found) {
    if (found.modified() == null || found.tag() == null) {
      throw new IllegalStateException("a file has a time and a tag");
    }
    return FileMetadata.file(path, found.size(), found.modified(), found.tag());
  }

  private Optional<StoragePath> pathOf(TreeFrame frame, String name) {
    try {
      return Optional.of(StoragePath.of(frame.path + name));
    } catch (StorageException tooLong) {
      skipped.add(frame.path + name);
      return Optional.empty();
    }
  }

  /** Whether there is any file below a directory: a few names first, then its whole tree. */
  private boolean holdsFile(DirectoryLister parent, String name, StoragePath path)
      throws StorageException {
    List<String> few = new ArrayList<>();
    Optional<? extends DirectoryLister> found = parent.enter(name, call);
    if (found.isEmpty()) {
      return false;
    }
    try (DirectoryLister directory = found.get()) {
      boolean[] file = new boolean[1];
      directory.scan(new FirstNames(few, file), call);
      if (file[0]) {
        return true;
      }
      for (String each : few) {
        if (directory.look(each, call).filter(e -> e.kind() == EntryKind.FILE).isPresent()) {
          return true;
        }
      }
    }
    if (few.isEmpty()) {
      return false;
    }
    ListRequest all = new ListRequest(false, Optional.empty(), 1, call);
    try (TreeCursor below = new TreeCursor(parent.enter(name, call), path, all)) {
      return below.next();
    }
  }

  /** The first valid names of a directory, and whether a file is known to be among them. */
  private record FirstNames(List<String> names, boolean[] file) implements EntrySink {
    @Override
    public boolean name(String name) {
      if (TreeFrame.isSegment(name)) {
        names.add(name);
      }
      return names.size() < FEW;
    }

    @Override
    public boolean entry(String name, TreeEntry entry) {
      if (entry.kind() != EntryKind.FILE) {
        return name(name);
      }
      file[0] |= TreeFrame.isSegment(name);
      return !file[0];
    }

    @Override
    public boolean foreign(String shown) {
      return true;
    }

    @Override
    public void startOver() {
      names.clear();
    }
  }

  private void boundMemory() {
    long held = 0;
    for (TreeFrame frame : frames) {
      held += frame.windowBytes();
    }
    for (Iterator<TreeFrame> outer = frames.descendingIterator();
        held > MAX_BYTES && outer.hasNext(); ) {
      TreeFrame frame = outer.next();
      held -= frame.windowBytes();
      frame.dropWindow();
    }
  }

  @Override
  public FileMetadata entry() {
    if (entry == null) {
      throw new IllegalStateException("there is no entry; ask next() first");
    }
    return entry;
  }

  @Override
  public long skipped() {
    return skipped.count();
  }

  @Override
  public List<String> skippedNames() {
    return skipped.first();
  }

  @Override
  public void close() {
    while (!frames.isEmpty()) {
      frames.pop().directory.close();
    }
  }
}
