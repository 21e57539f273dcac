package io.diskmap.http.server;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What became of the last saves in one request, by disk and write id, for callers whose answer was
 * lost. Thread-safe; remembers a bounded number of them, in this process.
 *
 * <p>Saves in chunks need none of it, because their storage keeps what they answered.
 */
final class RecentSaves {
  private static final int MOST = 10_000;

  private enum State {
    UNDER_WAY,
    DONE,
    UNKNOWN
  }

  private record Key(String disk, String writeId) {}

  private record Save(State state, @Nullable FileMetadata saved) {}

  /** A save. */
  @FunctionalInterface
  interface Action {
    FileMetadata run() throws StorageException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Save> saves =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Save> eldest) {
          return size() > MOST && eldest.getValue().state != State.UNDER_WAY;
        }
      };

  /** Runs a save once: a repeat of one that is done gives its answer. */
  FileMetadata run(String disk, Optional<String> writeId, Action action) throws StorageException {
    if (writeId.isEmpty()) {
      return action.run();
    }
    Optional<FileMetadata> before = find(disk, writeId.get());
    if (before.isPresent()) {
      return before.get();
    }
    Key key = new Key(disk, writeId.get());
    put(key, new Save(State.UNDER_WAY, null));
    Save outcome = null;
    try {
      FileMetadata saved = action.run();
      outcome = new Save(State.DONE, saved);
      return saved;
    } catch (StorageException e) {
      boolean unknown = e.kind() == ErrorKind.OUTCOME_UNKNOWN || e.kind() == ErrorKind.UNKNOWN;
      outcome = unknown ? new Save(State.UNKNOWN, null) : null;
      throw e;
    } finally {
      put(key, outcome);
    }
  }

  /**
   * What a save answered; empty where this process knows of none.
   *
   * @throws StorageException BUSY while it is under way, OUTCOME_UNKNOWN where its storage cannot
   *     tell
   */
  Optional<FileMetadata> find(String disk, String writeId) throws StorageException {
    Save save;
    lock.lock();
    try {
      save = saves.get(new Key(disk, writeId));
    } finally {
      lock.unlock();
    }
    if (save == null) {
      return Optional.empty();
    }
    return switch (save.state) {
      case DONE -> Optional.ofNullable(save.saved);
      case UNDER_WAY ->
          throw StorageException.of(ErrorKind.BUSY, "The save is under way; ask again.");
      case UNKNOWN ->
          throw StorageException.of(
              ErrorKind.OUTCOME_UNKNOWN, "The storage could not tell whether the save happened.");
    };
  }

  private void put(Key key, @Nullable Save save) {
    lock.lock();
    try {
      saves.remove(key);
      if (save != null) {
        saves.put(key, save);
      }
    } finally {
      lock.unlock();
    }
  }
}
