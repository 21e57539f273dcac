package io.diskmap;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A password, key or token that is read again each time it is asked for, so that a rotated file or
 * variable takes effect with the next session. Any thread may use it; its text form is {@code ***}.
 */
public final class Secret {
  private final Supplier<String> source;

  private Secret(Supplier<String> source) {
    this.source = source;
  }

  /** A secret that is read from its source each time. */
  public static Secret from(Supplier<String> source) {
    return new Secret(source);
  }

  /** A secret that never changes. */
  public static Secret of(String value) {
    return new Secret(() -> value);
  }

  /**
   * The value as it is now.
   *
   * @throws DiskMapException if the variable is not set or the file cannot be read; the message
   *     names it
   */
  public String reveal() {
    return source.get();
  }

  /**
   * The values that are valid now: a key in rotation holds two with a comma between them, the newer
   * first. A client sends the first one, a server takes each of them.
   *
   * @throws DiskMapException if the variable is not set or the file cannot be read
   */
  public List<String> live() {
    return Arrays.stream(reveal().split(",", -1))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  @Override
  public String toString() {
    return "***";
  }
}
