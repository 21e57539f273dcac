package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.nio.ByteBuffer;

/**
 * The directory of a disk's own records, made by the first change and never by a read.
 *
 * <p>Thread-safe. Inside are {@code saves}, {@code uploads} and {@code attrs}.
 */
final class StateFiles {
  private final RemoteStore store;
  private final String base;
  private final Directories directories;

  StateFiles(RemoteStore store, String base, Directories directories) {
    this.store = store;
    this.base = base;
    this.directories = directories;
  }

  RemoteStore store() {
    return store;
  }

  /** The path on the server of something in the directory. */
  String path(String inside) {
    return RemotePaths.in(base, inside);
  }

  /** Makes a file that must not exist, and the directories that are missing. */
  RemoteFile create(String path, Call call) throws StorageException {
    return make(path, () -> store.create(path, call), call);
  }

  /** The same with these bytes at its start. */
  RemoteFile create(String path, ByteBuffer head, Call call) throws StorageException {
    return make(path, () -> store.create(path, head, call), call);
  }

  private RemoteFile make(String path, Repeat.Step<RemoteFile> step, Call call)
      throws StorageException {
    for (int attempt = 1; ; attempt++) {
      try {
        return step.run();
      } catch (StorageException e) {
        if (e.kind() != ErrorKind.NOT_FOUND || attempt >= Directories.TRIES) {
          throw e;
        }
        directories.make(RemotePaths.parent(path), call);
      }
    }
  }
}
