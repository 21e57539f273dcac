package io.diskmap.http.server;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private final Set<Key> underWay = new HashSet<>();
  private final Map<Key, Save> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Save> eldest) {
          return size() > MOST;
        }
      };

  /** Runs a save once: a repeat of one that is done gives its answer. */
  FileMetadata run(String disk, Optional<String> writeId, Action action) throws StorageException {
    if (writeId.isEmpty()) {
      return action.run();
    }
    Key key = new Key(disk, writeId.get());
    Optional<FileMetadata> before = begin(key);
    if (before.isPresent()) {
      return before.get();
    }
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
      end(key, outcome);
    }
  }

  /** Begins a save, unless it is done or under way already. */
  private Optional<FileMetadata> begin(Key key) throws StorageException {
    lock.lock();
    try {
      Optional<FileMetadata> before = answer(key);
      if (before.isEmpty()) {
        underWay.add(key);
      }
      return before;
    } finally {
      lock.unlock();
    }
  }

  private void end(Key key, @Nullable Save outcome) {
    lock.lock();
    try {
      underWay.remove(key);
      if (outcome != null) {
        ended.put(key, outcome);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What a save answered; empty where this process knows of none.
   *
   * @throws StorageException BUSY while it is under way, OUTCOME_UNKNOWN where its storage cannot
   *     tell
   */
  Optional<FileMetadata> find(String disk, String writeId) throws StorageException {
    lock.lock();
    try {
      return answer(new Key(disk, writeId));
    } finally {
      lock.unlock();
    }
  }

  private Optional<FileMetadata> answer(Key key) throws StorageException {
    if (underWay.contains(key)) {
      throw StorageException.of(ErrorKind.BUSY, "The save is under way; ask again.");
    }
    Save save = ended.get(key);
    if (save == null) {
      return Optional.empty();
    }
    if (save.state == State.UNKNOWN) {
      throw StorageException.of(
          ErrorKind.OUTCOME_UNKNOWN,
          "The storage could not tell whether the save happened; look at the file.");
    }
    return Optional.ofNullable(save.saved);
  }
}
