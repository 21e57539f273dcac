package io.diskmap.s3;

import io.diskmap.StoragePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings the keys of a store that sorts by UTF-16 units into the order of UTF-8 bytes. For one
 * thread.
 *
 * <p>The two orders differ only between surrogates and U+E000 to U+FFFF. Keys that agree up to such
 * a character stand together in both orders, so only such a run is held back and sorted; names
 * without these characters pass at once.
 */
final class S3Reorder<T> {
  private final Function<T, String> key;
  private final Deque<T> ready = new ArrayDeque<>();
  private final List<T> run = new ArrayList<>();
  private @Nullable String common;

  S3Reorder(Function<T, String> key) {
    this.key = key;
  }

  /** Takes the next entry in the store's order. */
  void add(T entry) {
    String text = key.apply(entry);
    String before = common;
    if (before != null && !(text.startsWith(before) && isHigh(text, before.length()))) {
      endRun();
    }
    if (common == null) {
      int at = firstHigh(text);
      if (at < 0) {
        ready.add(entry);
        return;
      }
      common = text.substring(0, at);
    }
    run.add(entry);
  }

  /** No more entries come. */
  void end() {
    endRun();
  }

  /** The next entry in the order of UTF-8, none before more are added. */
  @Nullable T poll() {
    return ready.poll();
  }

  private void endRun() {
    run.sort(Comparator.comparing(key, StoragePath::compareUtf8));
    ready.addAll(run);
    run.clear();
    common = null;
  }

  /** What all keys of the run that a key stands in begin with, none where it stands in none. */
  static @Nullable String runOf(String text) {
    int at = firstHigh(text);
    return at < 0 ? null : text.substring(0, at);
  }

  private static int firstHigh(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isHigh(text, i)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isHigh(String text, int at) {
    return at < text.length() && text.charAt(at) >= Character.MIN_SURROGATE;
  }
}
