package io.diskmap.smb;

import io.diskmap.StorageException;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.tree.DirectoryLister;
import io.diskmap.spi.tree.EntrySink;
import io.diskmap.spi.tree.TreeEntry;
import java.util.Optional;
import java.util.function.Function;

/** One directory of the share, as a listing walks it. For one thread. */
final class SmbDirectory implements DirectoryLister {
  private final SmbSessions sessions;
  private final SmbStore store;
  private final Function<RemoteStat, TreeEntry> entries;
  private final String path;

  /** The directory at this path; the function makes a file's entry. */
  SmbDirectory(
      SmbSessions sessions,
      SmbStore store,
      Function<RemoteStat, TreeEntry> entries,
      String path) {
    this.sessions = sessions;
    this.store = store;
    this.entries = entries;
    this.path = path;
  }

  @Override
  public void scan(EntrySink sink, Call call) throws StorageException {
    DirectoryPages.visit(
        sessions,
        store.remote(path),
        entry -> {
          Optional<String> name = DirectoryPages.original(entry);
          if (name.isEmpty()) {
            return sink.foreign(entry.name());
          }
          FileInfo info = entry.info();
          return sink.entry(name.get(), entryOf(SmbStats.of(info)));
        },
        call);
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
    return Optional.of(new SmbDirectory(sessions, store, entries, below(name)));
  }

  private String below(String name) {
    return path.isEmpty() ? name : path + '/' + name;
  }

  @Override
  public void close() {}
}
