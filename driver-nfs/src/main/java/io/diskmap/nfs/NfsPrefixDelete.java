package io.diskmap.nfs;

import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.FileKind;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.NoAnswerException;
import io.diskmap.nfs.v4.OpReader;
import io.diskmap.nfs.v4.OpReader.DirectoryEntry;
import io.diskmap.nfs.v4.Pending;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.Status;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.staged.StagedSaves;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * <p>For one run in one thread. Links are removed and never followed. The hidden names of saves
 * that are under way stay, and with them their directories; the sweep ends those that nobody ends.
 */
final class NfsPrefixDelete {
  private static final int AT_ONCE = 32;
  private static final int MAX_PASSES = 4;
  private static final byte[] RESERVED =
      StoragePath.RESERVED_PREFIX.getBytes(StandardCharsets.UTF_8);

  /** A removal that is under way. */
  private record Removal(
      FileHandle parent, DirectoryEntry entry, String path, Pending<OpReader> pending) {}

  private final NfsSessions sessions;
  private final NfsStore store;
  private final StagedSaves saves;
  private final Set<String> kept = new HashSet<>();
  private final boolean dryRun;
  private final Call call;
  private final Deque<Removal> underWay = new ArrayDeque<>();
  private final List<DeleteReport.Failure> failures = new ArrayList<>();
  private long files;
  private long bytes;
  private long failed;

  NfsPrefixDelete(
      NfsSessions sessions,
      NfsStore store,
      StagedSaves saves,
      List<String> keepDirectories,
      boolean dryRun,
      Call call) {
    this.sessions = sessions;
    this.store = store;
    this.saves = saves;
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
    Optional<FileHandle> handle =
        top.filter(RemoteStat::isDirectory).isPresent()
            ? store.handle(prefix.value(), call)
            : Optional.empty();
    if (handle.isPresent()) {
      try {
        empty(handle.get(), prefix.value());
        settleAll(0);
      } finally {
        underWay.forEach(removal -> removal.pending().end());
      }
      prune(prefix.value());
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

  /** Removes what is in a directory; names that another pass still shows are removed by that. */
  private void empty(FileHandle directory, String path) throws StorageException {
    boolean[] again = {true};
    for (int pass = 1; again[0] && pass <= MAX_PASSES; pass++) {
      again[0] = false;
      Set<String> seen = new HashSet<>();
      DirectoryPages.visit(
          sessions,
          directory,
          entry -> {
            if (!isReserved(entry.name())) {
              take(directory, path, entry, seen);
              again[0] = !dryRun;
            }
            return true;
          },
          call);
      settleAll(0);
      again[0] &= failed == 0;
    }
  }

  private static boolean isReserved(byte[] name) {
    for (int i = 0; i < RESERVED.length; i++) {
      if (i >= name.length || name[i] != RESERVED[i]) {
        return false;
      }
    }
    return true;
  }

  private void take(FileHandle directory, String path, DirectoryEntry entry, Set<String> seen)
      throws StorageException {
    String shown = new String(entry.name(), StandardCharsets.UTF_8);
    String below = path.isEmpty() ? shown : path + '/' + shown;
    if (entry.attributes().kind() == FileKind.DIRECTORY) {
      takeDirectory(directory, below, entry);
    } else if (dryRun) {
      if (seen.add(new String(entry.name(), StandardCharsets.ISO_8859_1))) {
        count(entry);
      }
    } else {
      settleAll(AT_ONCE - 1);
      Request<OpReader> request =
          Request.change(
              out -> out.putFh(directory).remove(entry.name()), in -> in.putFh().remove());
      underWay.add(new Removal(directory, entry, below, sessions.client().start(request)));
    }
  }

  private void takeDirectory(FileHandle parent, String path, DirectoryEntry entry)
      throws StorageException {
    Optional<FileHandle> child = enter(parent, entry.name());
    if (child.isEmpty()) {
      return;
    }
    empty(child.get(), path);
    if (dryRun || kept.contains(path)) {
      return;
    }
    try {
      sessions.call(
          Request.repeatableChange(
              out -> out.putFh(parent).remove(entry.name()), in -> in.putFh().remove()),
          call);
    } catch (NfsStatusException e) {
      boolean stays =
          e.isAny(Status.NOTEMPTY, Status.EXIST, Status.NOENT, Status.STALE, Status.ACCESS);
      if (!stays) {
        fail(path, NfsErrors.of(e));
      }
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  private Optional<FileHandle> enter(FileHandle parent, byte[] name) throws StorageException {
    try {
      return Optional.of(
          sessions.call(
              Request.of(
                  out -> out.putFh(parent).lookup(name).requireDirectory().getFh(),
                  in -> in.putFh().lookup(1).requireDirectory().getFh()),
              call));
    } catch (NfsStatusException e) {
      if (NfsStore.isAbsent(e) || e.isAny(Status.NOT_SAME)) {
        return Optional.empty();
      }
      throw NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
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
    try {
      removal.pending().await(sessions.client().patience(call));
      removed(removal);
    } catch (NfsStatusException e) {
      if (!e.isAny(Status.NOENT, Status.STALE)) {
        fail(removal.path(), NfsErrors.of(e));
      }
    } catch (NoAnswerException e) {
      if (!e.isMaybeExecuted() || isThere(removal)) {
        throw NfsErrors.of(e);
      }
      removed(removal);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  private boolean isThere(Removal removal) throws StorageException {
    try {
      sessions.call(
          Request.of(
              out -> out.putFh(removal.parent()).lookup(removal.entry().name()).getAttr(),
              in -> in.putFh().lookup(1).getAttr()),
          call);
      return true;
    } catch (NfsStatusException e) {
      if (NfsStore.isAbsent(e)) {
        return false;
      }
      throw NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  private void removed(Removal removal) throws StorageException {
    count(removal.entry());
    boolean mayHaveSidecar =
        saves.areSidecarsKnown() && removal.entry().attributes().kind() == FileKind.FILE;
    StoragePath path = mayHaveSidecar ? valid(removal.path()) : null;
    if (path != null) {
      saves.forget(path, NfsStats.of(removal.entry().attributes()), call);
    }
  }

  private static @Nullable StoragePath valid(String path) {
    try {
      return StoragePath.of(path);
    } catch (StorageException foreignName) {
      return null;
    }
  }

  private void count(DirectoryEntry entry) {
    files++;
    bytes += entry.attributes().kind() == FileKind.FILE ? entry.attributes().size() : 0;
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
