package io.diskmap.spi.tree;

import io.diskmap.VersionTag;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows about one name in a directory.
 *
 * <p>Immutable.
 *
 * @param kind what it is; never UNKNOWN
 * @param size of a file; 0 for anything else
 * @param modified of a file; null for anything else
 * @param tag of a file; null for anything else
 */
public record TreeEntry(
    EntryKind kind, long size, @Nullable Instant modified, @Nullable VersionTag tag) {
  private static final TreeEntry DIRECTORY = new TreeEntry(EntryKind.DIRECTORY, 0, null, null);
  private static final TreeEntry OTHER = new TreeEntry(EntryKind.OTHER, 0, null, null);

  public TreeEntry {
    if (kind == EntryKind.UNKNOWN) {
      throw new IllegalArgumentException("an entry that was looked at has a kind");
    }
    if (kind == EntryKind.FILE) {
      Objects.requireNonNull(modified, "modified");
      Objects.requireNonNull(tag, "tag");
    }
  }

  /** A file. */
  public static TreeEntry file(long size, Instant modified, VersionTag tag) {
    return new TreeEntry(EntryKind.FILE, size, modified, tag);
  }

  /** A directory. */
  public static TreeEntry directory() {
    return DIRECTORY;
  }

  /** Neither of them. */
  public static TreeEntry other() {
    return OTHER;
  }
}
