package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An open file that survives its connection: a step that breaks off is repeated on the file opened
 * anew.
 *
 * <p>Thread-safe. Only for steps that do no harm twice, as positional writes.
 */
final class ReopeningFile implements AutoCloseable {
  /** One step on the open file. */
  @FunctionalInterface
  interface Step<T> {
    T on(RemoteFile file) throws StorageException;
  }

  private final RemoteStore store;
  private final String path;
  private final AtomicReference<RemoteFile> current;

  private volatile boolean closed;
  private volatile boolean reopened;

  ReopeningFile(RemoteStore store, String path, RemoteFile first) {
    this.store = store;
    this.path = path;
    this.current = new AtomicReference<>(first);
  }

  <T> T run(Call call, Step<T> step) throws StorageException {
    RemoteFile[] used = {current()};
    boolean[] broken = {false};
    return Repeat.run(
        call,
        () -> {
          if (broken[0]) {
            used[0] = reopen(used[0], call);
            broken[0] = false;
          }
          try {
            return step.on(used[0]);
          } catch (StorageException e) {
            broken[0] = Repeat.isOpen(e);
            throw e;
          }
        });
  }

  private RemoteFile reopen(RemoteFile broken, Call call) throws StorageException {
    RemoteFile now = current();
    if (now != broken) {
      return now;
    }
    requireOpen();
    reopened = true;
    RemoteFile fresh = store.open(path, call);
    if (current.compareAndSet(broken, fresh)) {
      broken.close();
      if (closed) {
        fresh.close();
        requireOpen();
      }
      return fresh;
    }
    fresh.close();
    return current();
  }

  /** Whether the server may not know yet that a connection on which the file was open is gone. */
  boolean isReopened() {
    return reopened;
  }

  private RemoteFile current() {
    return Objects.requireNonNull(current.get());
  }

  private void requireOpen() throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The save has ended.");
    }
  }

  /** A step that is under way opens the file no more. */
  @Override
  public void close() {
    closed = true;
    current().close();
  }
}
