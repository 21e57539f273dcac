package io.diskmap.local;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The chunked saves that writers of this process hold right now. Thread-safe. */
final class LiveUploads {
  private final Map<String, Integer> writers = new ConcurrentHashMap<>();

  void enter(String id) {
    writers.merge(id, 1, Integer::sum);
  }

  void leave(String id) {
    writers.computeIfPresent(id, (same, count) -> count == 1 ? null : count - 1);
  }

  boolean contains(String id) {
    return writers.containsKey(id);
  }
}
