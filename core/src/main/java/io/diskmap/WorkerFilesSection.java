package io.diskmap;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code worker_files} of a disk map: which files remote workers may fetch by the paths
 * that they know, and where their results go. Immutable; any thread may use it.
 *
 * @param roots what stands below each path that workers name, by that path without a slash at its
 *     end
 * @param results where results are saved
 */
public record WorkerFilesSection(Map<String, Place> roots, Place results) {
  public WorkerFilesSection {
    roots = Collections.unmodifiableMap(new LinkedHashMap<>(roots));
  }

  /**
   * A prefix of a disk, written {@code disk} or {@code disk:prefix}.
   *
   * @param disk the disk's name
   * @param prefix the prefix; the root for the whole disk
   */
  public record Place(String disk, StoragePath prefix) {
    /** Reads the text form; empty where it is none. */
    static Optional<Place> parse(String text) {
      int colon = text.indexOf(':');
      String disk = colon < 0 ? text : text.substring(0, colon);
      String prefix = colon < 0 ? "" : text.substring(colon + 1);
      if (disk.isEmpty() || (!prefix.isEmpty() && PathRules.problemWith(prefix) != null)) {
        return Optional.empty();
      }
      try {
        return Optional.of(new Place(disk, StoragePath.prefix(prefix)));
      } catch (StorageException e) {
        throw new IllegalStateException("a checked prefix is valid", e);
      }
    }
  }

  /** The longest root that a path is below, and the path below it; empty where there is none. */
  public Optional<Map.Entry<Place, String>> find(String path) {
    return roots.entrySet().stream()
        .filter(root -> path.startsWith(root.getKey() + "/"))
        .max(Map.Entry.comparingByKey(Comparator.comparingInt(String::length)))
        .map(root -> Map.entry(root.getValue(), path.substring(root.getKey().length() + 1)));
  }
}
