package io.diskmap.smb;

import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.Pending;
import io.diskmap.smb.wire.QueryDirectory.Entry;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.staged.StagedSaves;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes everything below one directory, many files at once, by the names that the server stores.
 *
 * <p>For one run in one thread. Links are never followed: what is reached over one is reported and
 * left. The hidden names of saves that are under way stay, and with them their directories; the
 * sweep ends those that nobody ends.
 */
final class SmbPrefixDelete {
  private static final int AT_ONCE = 32;
  private static final int MAX_PASSES = 4;

  /** A removal that is under way. */
  private record Removal(String remote, FileInfo info, String path, Create open, Pending pending) {}

  private final SmbSessions sessions;
  private final SmbStore store;
  private final StagedSaves saves;
  private final LinkGuard guard;
  private final Set<String> kept = new HashSet<>();
  private final boolean dryRun;
  private final Call call;
  private final Deque<Removal> underWay = new ArrayDeque<>();
  private final List<DeleteReport.Failure> failures = new ArrayList<>();
  private final Set<String> refused = new HashSet<>();
  private long files;
  private long bytes;
  private long failed;

  SmbPrefixDelete(
      SmbSessions sessions,
      SmbStore store,
      StagedSaves saves,
      List<String> keepDirectories,
      boolean dryRun,
      Call call) {
    this.sessions = sessions;
    this.store = store;
    this.saves = saves;
    this.guard = new LinkGuard(sessions, store, call);
    this.dryRun = dryRun;
    this.call = call;
    for (String each : keepDirectories) {
      for (String path = each; !path.isEmpty(); path = parent(path)) {
        kept.add(path);
      }
    }
  }

  DeleteReport run(StoragePath prefix) throws StorageException {
    Optional<RemoteStat> top = store.look(prefix.value(), call);
    if (top.filter(RemoteStat::isDirectory).isPresent()) {
      try {
        Optional<String> link = guard.linkOnTheWay(prefix.value());
        if (link.isPresent()) {
          fail(link.get(), LinkGuard.refusal());
        } else {
          empty(store.remote(prefix.value()), prefix.value(), guard.above(prefix.value()));
          settleAll(0);
          prune(prefix.value());
        }
      } finally {
        underWay.forEach(removal -> removal.pending().end());
      }
    }
    return new DeleteReport(files, bytes, failed, failures, dryRun);
  }

  private void prune(String prefix) throws StorageException {
    for (String path = prefix;
        !dryRun && !path.isEmpty() && !kept.contains(path) && store.removeDirectory(path, call);
        path = parent(path)) {
      call.progressed();
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /**
   * Removes what is in a directory; names that another pass still shows are removed by that.
   *
   * @param above the number of the directory that it must lie in
   */
  private void empty(String remote, String path, long above) throws StorageException {
    boolean[] again = {true};
    for (int pass = 1; again[0] && pass <= MAX_PASSES; pass++) {
      again[0] = false;
      List<Entry> directories = new ArrayList<>();
      Pass one = new Pass(remote, path, above, directories, again);
      DirectoryPages.visitAll(sessions, remote, one::see, call);
      settleAll(0);
      if (one.isLink) {
        refuse(path);
        return;
      }
      for (Entry entry : directories) {
        takeDirectory(remote, path, entry, one.own);
      }
      settleAll(0);
      again[0] &= failed == 0;
    }
  }

  /** What one pass over a directory sees. For one thread. */
  private final class Pass {
    private final String remote;
    private final String path;
    private final long above;
    private final List<Entry> directories;
    private final boolean[] again;
    private long own;
    private boolean ownKnown;
    private boolean aboveKnown;
    private boolean isLink;
    private final List<Entry> early = new ArrayList<>();

    Pass(String remote, String path, long above, List<Entry> directories, boolean[] again) {
      this.remote = remote;
      this.path = path;
      this.above = above;
      this.directories = directories;
      this.again = again;
    }

    boolean see(Entry entry) throws StorageException {
      String name = entry.info().name();
      if (name.equals(".")) {
        own = entry.info().id();
        ownKnown = true;
      } else if (name.equals("..")) {
        isLink = LinkGuard.isLink(above, entry.info().id());
        aboveKnown = true;
      } else if (!ownKnown || !aboveKnown) {
        early.add(entry);
        return true;
      } else {
        take(entry);
      }
      if (isLink) {
        return false;
      }
      if (ownKnown && aboveKnown) {
        for (Entry each : early) {
          take(each);
        }
        early.clear();
      }
      return true;
    }

    private void take(Entry entry) throws StorageException {
      String name = entry.info().name();
      if (name.startsWith(StoragePath.RESERVED_PREFIX)) {
        return;
      }
      again[0] |= !dryRun;
      if (entry.info().isDirectory() && !entry.info().isReparsePoint()) {
        directories.add(entry);
      } else if (dryRun) {
        count(entry.info());
      } else {
        remove(in(remote, name), shown(path, entry), entry);
      }
    }
  }

  private static String in(String remote, String name) {
    return remote.isEmpty() ? name : remote + '\\' + name;
  }

  private static String shown(String path, Entry entry) {
    String name = DirectoryPages.original(entry).orElse(entry.info().name());
    return path.isEmpty() ? name : path + '/' + name;
  }

  private void remove(String remote, String path, Entry entry) throws StorageException {
    settleAll(AT_ONCE - 1);
    boolean directory = entry.info().isDirectory();
    Create open = directory ? Create.toDeleteDirectory(remote) : Create.toDelete(remote);
    try {
      SmbConnection connection = sessions.connection(call);
      Pending pending = connection.start(sessions.patience(call), open, new Close(FileId.RELATED));
      underWay.add(new Removal(remote, entry.info(), path, open, pending));
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private void takeDirectory(String remote, String path, Entry entry, long own)
      throws StorageException {
    String below = in(remote, entry.info().name());
    String shown = shown(path, entry);
    if (refused.contains(shown)) {
      return;
    }
    empty(below, shown, own);
    if (dryRun || kept.contains(shown) || refused.contains(shown)) {
      return;
    }
    Create open = Create.toDeleteDirectory(below);
    int status = sessions.call(call, open, new Close(FileId.RELATED)).status(open);
    SmbStatusException e = new SmbStatusException("CREATE", status);
    boolean stays =
        status == NtStatus.SUCCESS
            || SmbStore.isAbsent(e)
            || e.isAny(
                NtStatus.DIRECTORY_NOT_EMPTY, NtStatus.SHARING_VIOLATION, NtStatus.ACCESS_DENIED);
    if (!stays) {
      fail(shown, SmbErrors.of(e));
    }
  }

  /** Waits until at most this many removals are under way. */
  private void settleAll(int most) throws StorageException {
    while (underWay.size() > most) {
      Removal removal = underWay.removeFirst();
      settle(removal);
      call.progressed();
    }
  }

  private void settle(Removal removal) throws StorageException {
    int status;
    try {
      status = removal.pending().await(sessions.patience(call)).status(removal.open());
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
    SmbStatusException e = new SmbStatusException("CREATE", status);
    if (status == NtStatus.SUCCESS) {
      removed(removal);
    } else if (e.isAny(NtStatus.CANNOT_DELETE, NtStatus.SHARING_VIOLATION)) {
      removeSingly(removal);
    } else if (!SmbStore.isAbsent(e)) {
      fail(removal.path(), SmbErrors.of(e));
    }
  }

  private void removeSingly(Removal removal) throws StorageException {
    try {
      if (store.removeRemote(removal.remote(), call)) {
        removed(removal);
      }
    } catch (StorageException e) {
      call.check();
      if (e.kind().isTransient() && e.kind() != ErrorKind.BUSY) {
        throw e;
      }
      fail(removal.path(), e);
    }
  }

  private void removed(Removal removal) throws StorageException {
    count(removal.info());
    StoragePath path = saves.areSidecarsKnown() ? valid(removal.path()) : null;
    if (path != null) {
      saves.forget(path, SmbStats.of(removal.info()), call);
    }
  }

  private static @Nullable StoragePath valid(String path) {
    try {
      return StoragePath.of(path);
    } catch (StorageException foreignName) {
      return null;
    }
  }

  private void count(FileInfo info) {
    files++;
    bytes += info.isReparsePoint() ? 0 : info.size();
  }

  private void refuse(String path) throws StorageException {
    if (refused.add(path)) {
      fail(path, LinkGuard.refusal());
    }
  }

  private void fail(String path, StorageException why) throws StorageException {
    if (why.kind() == ErrorKind.CLOSED) {
      throw why;
    }
    failed++;
    if (failures.size() < DeleteReport.MAX_FAILURES) {
      failures.add(new DeleteReport.Failure(path, why));
    }
  }
}
