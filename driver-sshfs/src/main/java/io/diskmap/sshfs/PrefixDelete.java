package io.diskmap.sshfs;

import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.staged.StagedSaves;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Removes all below a prefix, by stored names, with many requests under way and several directories
 * at once.
 *
 * <p>For one run. Links are removed, never followed. Hidden names stay: they belong to saves. A
 * lost answer is no failure: what is gone is done, and what is there is removed again.
 */
final class PrefixDelete {
  private static final int AHEAD = 64;
  private static final int ATTEMPTS = 4;
  private static final int DIRECTORIES = 8;

  private final SshfsStore store;
  private final StagedSaves saves;
  private final Set<String> kept;
  private final boolean dryRun;
  private final boolean sidecars;
  private final Call call;
  private final ExecutorService workers;
  private final Semaphore free = new Semaphore(DIRECTORIES - 1);
  private final Queue<DeleteReport.Failure> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** A removal under way. */
  private record Removal(Entry entry, Exchange exchange) {}

  /** A name in a directory: its text, null where it is none, its path in bytes, and what it is. */
  private record Entry(@Nullable String path, byte[] absolute, FileAttributes attributes) {
    long bytes() {
      return attributes.kind() == RemoteStat.Kind.FILE ? attributes.size() : 0;
    }
  }

  PrefixDelete(
      SshfsStore store,
      StagedSaves saves,
      List<String> keepDirectories,
      boolean dryRun,
      boolean sidecars,
      ExecutorService workers,
      Call call) {
    this.store = store;
    this.saves = saves;
    this.kept = new HashSet<>();
    for (String path : keepDirectories) {
      kept.add(path);
      kept.addAll(RemoteRoot.parents(path));
    }
    this.dryRun = dryRun;
    this.sidecars = sidecars;
    this.workers = workers;
    this.call = call;
  }

  DeleteReport run(StoragePath prefix) throws StorageException {
    Optional<RemoteStat> top = store.look(prefix.value(), call);
    if (top.filter(RemoteStat::isDirectory).isPresent()) {
      byte[] absolute = store.root().absolute(prefix.value());
      boolean empty = directory(prefix.value(), absolute);
      if (empty && !dryRun && !prefix.isRoot() && !kept.contains(prefix.value())) {
        prune(prefix.value());
      }
    }
    return new DeleteReport(files.get(), bytes.get(), failed.get(), List.copyOf(failures), dryRun);
  }

  private void prune(String path) throws StorageException {
    for (String at = path; !at.isEmpty() && !kept.contains(at); at = parent(at)) {
      if (!store.removeDirectory(at, call)) {
        return;
      }
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Removes what is in a directory; whether nothing is left in it. */
  private boolean directory(@Nullable String path, byte[] absolute) throws StorageException {
    for (int attempt = 1; ; attempt++) {
      long before = failed.get();
      try {
        List<Entry> below = new ArrayList<>();
        boolean empty = files(path, absolute, below);
        return directories(below) && empty && failed.get() == before;
      } catch (StorageException e) {
        boolean again = e.kind() == ErrorKind.UNAVAILABLE || e.kind() == ErrorKind.TIMEOUT;
        if (!again || dryRun || attempt >= ATTEMPTS || call.isEnded()) {
          throw e;
        }
        call.pause(Duration.ofMillis(50L << attempt));
      }
    }
  }

  /** Removes directories, several at once as far as threads are free; whether all are gone. */
  private boolean directories(List<Entry> below) throws StorageException {
    boolean gone = true;
    try (Branches branches = new Branches(workers, free, call)) {
      for (Entry entry : below) {
        gone &= branches.run(() -> isGone(entry));
      }
      return branches.await() && gone;
    }
  }

  private boolean isGone(Entry entry) throws StorageException {
    boolean empty = directory(entry.path(), entry.absolute());
    boolean stays = entry.path() != null && kept.contains(entry.path());
    return empty && !dryRun && !stays && removeDirectory(entry.absolute());
  }

  private boolean removeDirectory(byte[] absolute) throws StorageException {
    Batch batch = store.batch(call);
    SftpReply reply = batch.await(batch.send(SftpRequest.of(Sftp.RMDIR, absolute)));
    return reply.isOk() || reply.status() == Sftp.NO_SUCH_FILE;
  }

  /** Removes the files of a directory and gathers its directories; whether no file is left. */
  private boolean files(@Nullable String path, byte[] absolute, List<Entry> below)
      throws StorageException {
    Batch batch = store.batch(call);
    Pass pass = new Pass(batch, path, absolute, below);
    if (path == null) {
      DirectoryScan.scanRaw(store, absolute, pass, call);
    } else {
      DirectoryScan.scan(store, path, pass, call);
    }
    return pass.end();
  }

  /** Takes the names of one directory. For one thread. */
  private final class Pass implements DirectoryScan.Sink {
    private final Batch batch;
    private final @Nullable String path;
    private final byte[] absolute;
    private final List<Entry> below;
    private final Deque<Removal> removals = new ArrayDeque<>();
    private boolean empty = true;
    private long found;
    private long foundBytes;

    Pass(Batch batch, @Nullable String path, byte[] absolute, List<Entry> below) {
      this.batch = batch;
      this.path = path;
      this.absolute = absolute;
      this.below = below;
    }

    @Override
    public boolean take(@Nullable String name, byte[] raw, FileAttributes attributes)
        throws StorageException {
      if (name != null && name.startsWith(StoragePath.RESERVED_PREFIX)) {
        empty = false;
        return true;
      }
      String childPath =
          path == null || name == null ? null : path.isEmpty() ? name : path + '/' + name;
      Entry entry = new Entry(childPath, child(absolute, raw), attributes);
      if (attributes.kind() == RemoteStat.Kind.DIRECTORY) {
        below.add(entry);
      } else if (dryRun) {
        found++;
        foundBytes += entry.bytes();
      } else {
        removals.add(new Removal(entry, batch.send(SftpRequest.of(Sftp.REMOVE, entry.absolute()))));
        if (removals.size() >= AHEAD) {
          empty &= settle(batch, removals.remove());
        }
      }
      return true;
    }

    @Override
    public void startOver() {
      below.clear();
      empty = true;
      found = 0;
      foundBytes = 0;
    }

    /** Waits for the last removals; whether no file is left. */
    boolean end() throws StorageException {
      while (!removals.isEmpty()) {
        empty &= settle(batch, removals.remove());
      }
      files.addAndGet(found);
      bytes.addAndGet(foundBytes);
      return empty;
    }
  }

  private boolean settle(Batch batch, Removal removal) throws StorageException {
    SftpReply reply = batch.await(removal.exchange());
    call.progressed();
    if (reply.isOk()) {
      files.incrementAndGet();
      bytes.addAndGet(removal.entry().bytes());
      forget(removal.entry());
      return true;
    }
    if (reply.status() == Sftp.NO_SUCH_FILE) {
      return true;
    }
    if (failed.getAndIncrement() < DeleteReport.MAX_FAILURES) {
      failures.add(new DeleteReport.Failure(shown(removal.entry()), SshfsErrors.ofStatus(reply)));
    }
    return false;
  }

  private void forget(Entry entry) throws StorageException {
    String path = entry.path();
    if (sidecars && path != null && entry.attributes().kind() == RemoteStat.Kind.FILE) {
      StoragePath valid;
      try {
        valid = StoragePath.of(path);
      } catch (StorageException foreignName) {
        return;
      }
      saves.forget(valid, entry.attributes().stat(), call);
    }
  }

  private static byte[] child(byte[] directory, byte[] name) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream(directory.length + 1 + name.length);
    joined.writeBytes(directory);
    if (directory[directory.length - 1] != '/') {
      joined.write('/');
    }
    joined.writeBytes(name);
    return joined.toByteArray();
  }

  /** A path for the report; what is not UTF-8 shows as {@code %XX}. */
  private String shown(Entry entry) {
    if (entry.path() != null) {
      return entry.path();
    }
    int skip = store.root().absolute("").length + 1;
    StringBuilder text = new StringBuilder();
    for (int i = skip; i < entry.absolute().length; i++) {
      byte b = entry.absolute()[i];
      text.append(
          b > 0x20 && b != '%'
              ? new String(new byte[] {b}, StandardCharsets.US_ASCII)
              : "%%%02X".formatted(b & 0xFF));
    }
    return text.toString();
  }
}
