package io.diskmap.audit.jdbc;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which intents of one chain have no outcome yet. Not for use by several threads. */
final class OpenIntents {
  private final Map<String, ChainEntry> open = new LinkedHashMap<>();

  /** Goes on with links that follow those before. */
  void add(List<ChainEntry> entries) {
    for (ChainEntry entry : entries) {
      switch (entry.phase()) {
        case INTENT -> open.put(entry.facts().eventId(), entry);
        case OUTCOME -> open.remove(entry.facts().eventId());
        case MARK -> {}
      }
    }
  }

  /** The number before which no intent is open, in a chain that goes on with this number. */
  long from(long next) {
    return open.isEmpty() ? next : open.values().iterator().next().sequence();
  }

  /** The open intents in their order. */
  Collection<ChainEntry> all() {
    return open.values();
  }
}
