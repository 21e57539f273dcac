package io.diskmap.http.protocol;

import io.diskmap.ByteRange;
import java.util.Optional;

/**
 * A single byte range of a {@code Range} header (RFC 9110, 14.1.2). Immutable.
 *
 * @param first the first octet, or -1 for a suffix
 * @param last the last octet, or -1 for an open end
 * @param suffix the number of octets at the end, or -1
 */
public record RangeHeader(long first, long last, long suffix) {
  /** The octets of a representation that a range stands for. */
  public record Span(long offset, long length) {}

  /**
   * Reads the header. Empty when the unit is not {@code bytes}, when there are several ranges, or
   * when the grammar is broken: RFC 9110 lets a server answer those with the whole representation.
   */
  public static Optional<RangeHeader> parse(String header) {
    if (header.length() < 6 || !header.regionMatches(true, 0, "bytes=", 0, 6)) {
      return Optional.empty();
    }
    String range = header.substring(6).strip();
    int dash = range.indexOf('-');
    if (dash < 0) {
      return Optional.empty();
    }
    String from = range.substring(0, dash);
    String to = range.substring(dash + 1);
    long first = from.isEmpty() ? -1 : Query.wholeNumber(from);
    long last = to.isEmpty() ? -1 : Query.wholeNumber(to);
    if ((!from.isEmpty() && first < 0) || (!to.isEmpty() && last < 0)) {
      return Optional.empty();
    }
    if (from.isEmpty()) {
      return to.isEmpty() ? Optional.empty() : Optional.of(new RangeHeader(-1, -1, last));
    }
    if (last >= 0 && last < first) {
      return Optional.empty();
    }
    return Optional.of(new RangeHeader(first, last, -1));
  }

  /** The octets of a representation of {@code size} octets; empty when it has none of them: 416. */
  public Optional<Span> within(long size) {
    if (suffix >= 0) {
      long length = Math.min(suffix, size);
      return length == 0 ? Optional.empty() : Optional.of(new Span(size - length, length));
    }
    if (first >= size) {
      return Optional.empty();
    }
    long end = last < 0 ? size : Math.min(last, size - 1) + 1;
    return Optional.of(new Span(first, end - first));
  }

  /** The same for a storage. */
  public ByteRange toByteRange() {
    if (suffix >= 0) {
      return ByteRange.last(suffix);
    }
    return last < 0 ? ByteRange.from(first) : ByteRange.of(first, last - first + 1);
  }

  /** The header form. */
  @Override
  public String toString() {
    if (suffix >= 0) {
      return "bytes=-" + suffix;
    }
    return "bytes=" + first + "-" + (last < 0 ? "" : last);
  }
}
