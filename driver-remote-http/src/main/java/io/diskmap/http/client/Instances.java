package io.diskmap.http.client;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The server processes that have answered, by the ids that they tell. Thread-safe.
 *
 * <p>One process at a time, each replaced by the next, is one server that is restarted now and
 * then. One that comes back after another answered is one of several behind a balancer.
 */
final class Instances {
  private static final int MOST = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<String> seen = new HashSet<>();
  private @Nullable String current;
  private boolean several;

  /** Notes the id in an answer; an answer without one came from something else. */
  void saw(@Nullable String id) {
    if (id == null) {
      return;
    }
    lock.lock();
    try {
      if (!id.equals(current)) {
        several = several || !seen.add(id) || seen.size() > MOST;
        current = id;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The id of the one process that answers; empty before the first answer and with several. */
  Optional<String> only() {
    lock.lock();
    try {
      return several ? Optional.empty() : Optional.ofNullable(current);
    } finally {
      lock.unlock();
    }
  }
}
