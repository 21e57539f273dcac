package io.diskmap.internal.memory;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What finished saves were answered, so that a repeated commit gets the same answer.
 *
 * <p>Thread-safe. Records last 24 hours; of more than {@value #MOST} the oldest go first, which
 * bounds the heap of a process that saves without end.
 */
final class MemoryDone {
  static final int MOST = 50_000;
  private static final Duration KEPT = Duration.ofHours(24);

  /** The answer to a commit and when it was given. */
  record Answer(FileMetadata metadata, Instant at) {
    /** The answer, for a commit of the same length. */
    FileMetadata forLength(long length) throws StorageException {
      if (length != metadata.size()) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH,
            "The upload was committed with %d bytes and this commit names %d."
                .formatted(metadata.size(), length));
      }
      return metadata;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Answer> answers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
          return size() > MOST;
        }
      };

  void put(String id, Answer answer) {
    lock.lock();
    try {
      answers.put(id, answer);
    } finally {
      lock.unlock();
    }
  }

  Optional<Answer> find(String id, Instant now) {
    lock.lock();
    try {
      Answer answer = answers.get(id);
      return answer == null || answer.at.plus(KEPT).isBefore(now)
          ? Optional.empty()
          : Optional.of(answer);
    } finally {
      lock.unlock();
    }
  }
}
