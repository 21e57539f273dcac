package io.diskmap.nfs;

import io.diskmap.StorageException;
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.FileKind;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.Request;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.tree.DirectoryLister;
import io.diskmap.spi.tree.EntrySink;
import io.diskmap.spi.tree.TreeEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/** One directory of the export, as a listing walks it. For one thread. */
final class NfsDirectory implements DirectoryLister {
  private final NfsSessions sessions;
  private final NfsLinks links;
  private final Function<RemoteStat, TreeEntry> entries;
  private final String path;
  private final FileHandle handle;

  /** The directory of this handle; the function makes a file's entry. */
  NfsDirectory(
      NfsSessions sessions,
      NfsLinks links,
      Function<RemoteStat, TreeEntry> entries,
      String path,
      FileHandle handle) {
    this.sessions = sessions;
    this.links = links;
    this.entries = entries;
    this.path = path;
    this.handle = handle;
  }

  @Override
  public void scan(EntrySink sink, Call call) throws StorageException {
    DirectoryPages.visit(
        sessions,
        handle,
        entry -> {
          Optional<String> name = DirectoryPages.text(entry.name());
          if (name.isEmpty()) {
            return sink.foreign(new String(entry.name(), StandardCharsets.UTF_8));
          }
          Attributes attributes = entry.attributes();
          return attributes.isUnreadable() || attributes.kind() == FileKind.LINK
              ? sink.name(name.get())
              : sink.entry(name.get(), entryOf(attributes));
        },
        call);
  }

  private TreeEntry entryOf(Attributes attributes) {
    return switch (attributes.kind()) {
      case FILE -> entries.apply(NfsStats.of(attributes));
      case DIRECTORY -> TreeEntry.directory();
      default -> TreeEntry.other();
    };
  }

  @Override
  public Optional<TreeEntry> look(String name, Call call) throws StorageException {
    Optional<Attributes> there = attributes(name, call);
    if (there.isEmpty() || there.get().kind() != FileKind.LINK) {
      return there.map(this::entryOf);
    }
    String link = path.isEmpty() ? name : path + '/' + name;
    Optional<NfsLinks.Found> file = links.find(link, call);
    return Optional.of(file.map(found -> entryOf(found.attributes())).orElseGet(TreeEntry::other));
  }

  private Optional<Attributes> attributes(String name, Call call) throws StorageException {
    try {
      return Optional.of(
          sessions.call(
              Request.of(
                  out -> out.putFh(handle).lookup(name).getAttr(),
                  in -> in.putFh().lookup(1).getAttr()),
              call));
    } catch (NfsStatusException e) {
      if (NfsStore.isAbsent(e)) {
        return Optional.empty();
      }
      throw NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  @Override
  public Optional<NfsDirectory> enter(String name, Call call) throws StorageException {
    try {
      FileHandle child =
          sessions.call(
              Request.of(
                  out -> out.putFh(handle).lookup(name).requireDirectory().getFh(),
                  in -> in.putFh().lookup(1).requireDirectory().getFh()),
              call);
      String below = path.isEmpty() ? name : path + '/' + name;
      return Optional.of(new NfsDirectory(sessions, links, entries, below, child));
    } catch (NfsStatusException e) {
      if (NfsStore.isAbsent(e) || e.isAny(io.diskmap.nfs.v4.Status.NOT_SAME)) {
        return Optional.empty();
      }
      throw NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  @Override
  public void close() {}
}
