package io.diskmap.smb;

import io.diskmap.StorageException;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.QueryDirectory.Entry;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.tree.DirectoryLister;
import io.diskmap.spi.tree.EntrySink;
import io.diskmap.spi.tree.TreeEntry;
import java.util.Optional;
import java.util.function.Function;

/**
 * One directory of the share, as a listing walks it. For one thread.
 *
 * <p>One that is reached over a link shows nothing: links to directories count for nothing, and a
 * server that follows them itself would lead in circles.
 */
final class SmbDirectory implements DirectoryLister {
  private final SmbSessions sessions;
  private final SmbStore store;
  private final Function<RemoteStat, TreeEntry> entries;
  private final String path;
  private final long above;
  private long own = LinkGuard.UNKNOWN;

  /**
   * The directory at this path.
   *
   * @param entries makes a file's entry
   * @param above the number of the directory that it must lie in, where that is known
   */
  SmbDirectory(
      SmbSessions sessions,
      SmbStore store,
      Function<RemoteStat, TreeEntry> entries,
      String path,
      long above) {
    this.sessions = sessions;
    this.store = store;
    this.entries = entries;
    this.path = path;
    this.above = above;
  }

  @Override
  public void scan(EntrySink sink, Call call) throws StorageException {
    DirectoryPages.visitAll(sessions, store.remote(path), entry -> take(entry, sink), call);
  }

  private boolean take(Entry entry, EntrySink sink) throws StorageException {
    FileInfo info = entry.info();
    if (info.name().equals(".")) {
      own = info.id();
      return true;
    }
    if (info.name().equals("..")) {
      return !LinkGuard.isLink(above, info.id());
    }
    Optional<String> name = DirectoryPages.original(entry);
    if (name.isEmpty()) {
      return sink.foreign(info.name());
    }
    return DirectoryPages.mayBeMadeUp(entry)
        ? sink.name(name.get())
        : sink.entry(name.get(), entryOf(SmbStats.of(info)));
  }

  private TreeEntry entryOf(RemoteStat stat) {
    return switch (stat.kind()) {
      case FILE -> entries.apply(stat);
      case DIRECTORY -> TreeEntry.directory();
      default -> TreeEntry.other();
    };
  }

  @Override
  public Optional<TreeEntry> look(String name, Call call) throws StorageException {
    return store.look(below(name), call).map(this::entryOf);
  }

  @Override
  public Optional<SmbDirectory> enter(String name, Call call) {
    return Optional.of(new SmbDirectory(sessions, store, entries, below(name), own));
  }

  private String below(String name) {
    return path.isEmpty() ? name : path + '/' + name;
  }

  @Override
  public void close() {}
}
