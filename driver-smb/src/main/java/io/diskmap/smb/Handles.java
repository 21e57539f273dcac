package io.diskmap.smb;

import io.diskmap.StorageException;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.Pending;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * One file, open on the connection where it was opened first, and on further ones once a large
 * transfer keeps that busy.
 *
 * <p>Thread-safe. A further handle that does not stand for the very same file is not used.
 */
final class Handles {
  private static final long LARGE = 16L << 20;
  private static final int BUSY = 4;

  /** A handle on a connection. */
  record Handle(SmbConnection connection, FileId file) {}

  private final SmbSessions sessions;
  private final Handle first;
  private final String name;
  private final long number;
  private final int access;
  private final List<Handle> further = new CopyOnWriteArrayList<>();
  private final AtomicLong moved = new AtomicLong();
  private final AtomicBoolean opening = new AtomicBoolean();
  private volatile boolean enough;

  /**
   * The handles of a file.
   *
   * @param name of the server
   * @param number of the file in its volume
   * @param access that further handles are opened with
   */
  Handles(SmbSessions sessions, Handle first, String name, long number, int access) {
    this.sessions = sessions;
    this.first = first;
    this.name = name;
    this.number = number;
    this.access = access;
  }

  /** The handle for the next piece of a transfer, on the connection with the least under way. */
  Handle pick(int bytes, Call call) throws StorageException {
    Handle best = best();
    if (moved.addAndGet(bytes) >= LARGE
        && !enough
        && best.connection().underWay() >= BUSY
        && opening.compareAndSet(false, true)) {
      try {
        open(call).ifPresent(further::add);
      } finally {
        opening.set(false);
      }
      return best();
    }
    return best;
  }

  private Handle best() {
    return further.isEmpty()
        ? first
        : all().stream()
            .filter(handle -> handle.connection().isOpen())
            .min(Comparator.comparingInt(handle -> handle.connection().underWay()))
            .orElse(first);
  }

  private List<Handle> all() {
    List<Handle> all = new ArrayList<>(further);
    all.add(first);
    return all;
  }

  private Optional<Handle> open(Call call) throws StorageException {
    Set<SmbConnection> used = all().stream().map(Handle::connection).collect(Collectors.toSet());
    Optional<SmbConnection> connection = sessions.another(used);
    if (connection.isEmpty()) {
      return Optional.empty();
    }
    Create open = Create.openFile(name, access);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    try {
      var answers = connection.get().call(sessions.patience(call), open, query);
      Handle made = new Handle(connection.get(), answers.of(open).file());
      if (answers.of(query).id() == number) {
        return Optional.of(made);
      }
      connection.get().closeQuietly(made.file());
    } catch (StorageException e) {
      throw e;
    } catch (IOException goOnWithWhatIsThere) {
      enough = true;
    }
    enough = true;
    return Optional.empty();
  }

  /** Closes all but the first, and hears the answers. */
  void closeFurther(Call call) throws StorageException {
    close(takeFurther(), call);
  }

  /** Closes all, and hears the answers. */
  void closeAll(Call call) throws StorageException {
    List<Handle> all = takeFurther();
    all.add(first);
    close(all, call);
  }

  private List<Handle> takeFurther() {
    enough = true;
    List<Handle> taken = new ArrayList<>();
    for (Handle handle : List.copyOf(further)) {
      if (further.remove(handle)) {
        taken.add(handle);
      }
    }
    return taken;
  }

  private record Closing(Close close, Pending pending) {}

  /** Closes at once what is open on several connections. */
  private void close(List<Handle> open, Call call) throws StorageException {
    List<Closing> begun = new ArrayList<>();
    try {
      for (Handle handle : open) {
        Close close = new Close(handle.file());
        Pending pending = handle.connection().start(sessions.patience(call), close);
        begun.add(new Closing(close, pending));
      }
      for (Closing each : begun) {
        each.pending().await(sessions.patience(call)).of(each.close());
      }
    } catch (IOException e) {
      throw SmbErrors.of(e);
    } finally {
      begun.forEach(each -> each.pending().end());
      open.stream()
          .skip(begun.size())
          .forEach(handle -> handle.connection().closeQuietly(handle.file()));
    }
  }

  /** Lets all go without waiting for an answer. */
  void closeQuietly() {
    closeFurtherQuietly();
    first.connection().closeQuietly(first.file());
  }

  /** Lets all but the first go without waiting for an answer. */
  void closeFurtherQuietly() {
    takeFurther().forEach(handle -> handle.connection().closeQuietly(handle.file()));
  }
}
