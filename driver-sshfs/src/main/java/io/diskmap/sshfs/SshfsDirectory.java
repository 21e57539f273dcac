package io.diskmap.sshfs;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.tree.DirectoryLister;
import io.diskmap.spi.tree.EntrySink;
import io.diskmap.spi.tree.TreeEntry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One directory of the server, as a listing walks it. For one thread. */
final class SshfsDirectory implements DirectoryLister {
  private final SshfsStore store;
  private final SshfsLinks links;
  private final Function<RemoteStat, TreeEntry> files;
  private final String path;

  SshfsDirectory(
      SshfsStore store, SshfsLinks links, Function<RemoteStat, TreeEntry> files, String path) {
    this.store = store;
    this.links = links;
    this.files = files;
    this.path = path;
  }

  private String in(String name) {
    return path.isEmpty() ? name : path + '/' + name;
  }

  @Override
  public void scan(EntrySink sink, Call call) throws StorageException {
    DirectoryScan.scan(store, path, new Names(sink), call);
  }

  /** Tells a listing what the server tells. */
  private final class Names implements DirectoryScan.Sink {
    private final EntrySink sink;

    Names(EntrySink sink) {
      this.sink = sink;
    }

    @Override
    public boolean take(@Nullable String name, byte[] raw, FileAttributes attributes)
        throws StorageException {
      if (name == null) {
        return sink.foreign(new String(raw, StandardCharsets.UTF_8));
      }
      return switch (attributes.kind()) {
        case FILE ->
            attributes.isWhole()
                ? sink.entry(name, files.apply(attributes.stat()))
                : sink.name(name);
        case DIRECTORY -> sink.entry(name, TreeEntry.directory());
        case LINK -> links.follows() ? sink.name(name) : sink.entry(name, TreeEntry.other());
        case OTHER -> attributes.mode() < 0 ? sink.name(name) : sink.entry(name, TreeEntry.other());
      };
    }

    @Override
    public void startOver() {
      sink.startOver();
    }
  }

  @Override
  public Optional<TreeEntry> look(String name, Call call) throws StorageException {
    Optional<RemoteStat> stat = store.look(in(name), call);
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    if (stat.get().isDirectory()) {
      return Optional.of(TreeEntry.directory());
    }
    Optional<SshfsLinks.Found> found = links.behind(in(name), stat.get(), call);
    return Optional.of(found.map(f -> files.apply(f.stat())).orElseGet(TreeEntry::other));
  }

  @Override
  public Optional<SshfsDirectory> enter(String name, Call call) {
    return Optional.of(new SshfsDirectory(store, links, files, in(name)));
  }

  @Override
  public void close() {}
}
