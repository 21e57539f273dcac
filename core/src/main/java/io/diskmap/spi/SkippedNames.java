package io.diskmap.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * The stored names that a listing passed over: how many, and the first of them (clause L7).
 *
 * <p>For one thread.
 */
public final class SkippedNames {
  /** How many names are kept. */
  public static final int KEPT = 20;

  private final List<String> first = new ArrayList<>();
  private long count;

  /** Notes a name, with the path of its directory. */
  public void add(String path) {
    count++;
    if (first.size() < KEPT) {
      first.add(printable(path));
    }
  }

  /** Notes what another has noted. */
  public void addAll(SkippedNames other) {
    count += other.count;
    other.first.stream().limit(KEPT - first.size()).forEach(first::add);
  }

  /** How many there were. */
  public long count() {
    return count;
  }

  /** The first of them, fit to be printed: what is no plain character stands as {@code \\uXXXX}. */
  public List<String> first() {
    return List.copyOf(first);
  }

  private static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .forEach(
            c -> {
              if (isPlain(c)) {
                text.appendCodePoint(c);
              } else {
                text.append(String.format("\\u%04x", c));
              }
            });
    return text.toString();
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
