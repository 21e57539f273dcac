package io.diskmap.testkit.data;

import java.util.List;

/**
 * Paths that a careless store takes for one and the same. An immutable value for any thread.
 *
 * @param label why it would confuse them, in printable ASCII
 * @param paths the paths; each is valid, and all exist side by side
 */
public record NameGroup(String label, List<String> paths) {
  /** Keeps its own copy of the paths. */
  public NameGroup {
    paths = List.copyOf(paths);
  }

  /** The label alone, as parameterised tests show it. */
  @Override
  public String toString() {
    return label;
  }
}
