package io.diskmap.spi.tree;

import io.diskmap.StoragePath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive lower bound of a listing inside one directory, relative to it.
 *
 * <p>Immutable. A directory stands at its name followed by {@code /}, so a name that is a proper
 * prefix of the bound can still lie above it as a directory: {@code a/} comes after {@code a-b}.
 */
final class StartAfter {
  private final byte[] bound;

  private StartAfter(byte[] bound) {
    this.bound = bound;
  }

  static StartAfter of(String relative) {
    return new StartAfter(relative.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether everything below the prefix is at or before the path, so that nothing follows. */
  static boolean excludesAll(StoragePath prefix, StoragePath after) {
    return !after.isBelow(prefix) && after.compareTo(prefix) > 0 && !isBeforeContent(prefix, after);
  }

  /** The bound inside the prefix; null where nothing is excluded. */
  static @Nullable StartAfter inside(StoragePath prefix, Optional<StoragePath> after) {
    return after
        .filter(path -> path.isBelow(prefix))
        .map(path -> of(path.relativeTo(prefix).value()))
        .orElse(null);
  }

  private static boolean isBeforeContent(StoragePath prefix, StoragePath after) {
    return prefix.isRoot() || StoragePath.compareUtf8(after.value(), prefix.value() + "/") < 0;
  }

  /** Whether anything at this name can lie above the bound. */
  boolean admits(byte[] name) {
    return admitsFile(name) || admitsDirectory(name);
  }

  /** Whether a file of this name lies above the bound. */
  boolean admitsFile(byte[] name) {
    return Arrays.compareUnsigned(name, bound) > 0;
  }

  /** Whether anything inside a directory of this name lies above the bound. */
  boolean admitsDirectory(byte[] name) {
    int c = compareSlashed(name);
    return c >= 0 || isInside(name);
  }

  /** Whether a directory's own entry in a listing of one level lies above the bound. */
  boolean admitsDirectoryEntry(byte[] name) {
    return compareSlashed(name) > 0 && !isInside(name);
  }

  /** The bound inside a directory of this name; null where nothing in it is excluded. */
  @Nullable StartAfter inside(byte[] name) {
    return isInside(name) && bound.length > name.length + 1
        ? new StartAfter(Arrays.copyOfRange(bound, name.length + 1, bound.length))
        : null;
  }

  /** The name that the bound itself is, where it has one segment. */
  Optional<String> singleSegment() {
    for (byte b : bound) {
      if (b == '/') {
        return Optional.empty();
      }
    }
    return Optional.of(new String(bound, StandardCharsets.UTF_8));
  }

  private boolean isInside(byte[] name) {
    return bound.length > name.length
        && bound[name.length] == '/'
        && Arrays.equals(bound, 0, name.length, name, 0, name.length);
  }

  /** Compares the name followed by a slash with the bound. */
  private int compareSlashed(byte[] name) {
    int common = Math.min(name.length, bound.length);
    int c = Arrays.compareUnsigned(name, 0, common, bound, 0, common);
    if (c != 0) {
      return c;
    }
    if (bound.length <= name.length) {
      return 1;
    }
    c = Integer.compare('/', bound[name.length] & 0xFF);
    return c != 0 ? c : Integer.compare(name.length + 1, bound.length);
  }
}
