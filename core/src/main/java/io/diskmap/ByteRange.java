package io.diskmap;

/**
 * Which bytes of a file a download gives (clause R1).
 *
 * <p>Immutable. A range that reaches beyond the end gives what is there; one that starts beyond it
 * gives nothing.
 *
 * @param kind from where {@code offset} counts
 * @param offset the first byte, or for {@link Kind#LAST} how many bytes before the end
 * @param length how many bytes at most; {@link Long#MAX_VALUE} for all that follow
 */
public record ByteRange(Kind kind, long offset, long length) {
  /** From where a range counts. */
  public enum Kind {
    /** From the start of the file. */
    START,
    /** From its end. */
    LAST
  }

  private static final ByteRange ALL = new ByteRange(Kind.START, 0, Long.MAX_VALUE);

  public ByteRange {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("a range has no negative offset or length");
    }
  }

  /** The whole file. */
  public static ByteRange all() {
    return ALL;
  }

  /** From this byte to the end. */
  public static ByteRange from(long offset) {
    return new ByteRange(Kind.START, offset, Long.MAX_VALUE);
  }

  /** The first bytes. */
  public static ByteRange first(long length) {
    return new ByteRange(Kind.START, 0, length);
  }

  /** The last bytes. */
  public static ByteRange last(long length) {
    return new ByteRange(Kind.LAST, length, Long.MAX_VALUE);
  }

  /** This many bytes from this one on. */
  public static ByteRange of(long offset, long length) {
    return new ByteRange(Kind.START, offset, length);
  }

  /** Whether this is the whole file. */
  public boolean isAll() {
    return equals(ALL);
  }

  /** The same range for a file of this size: from the start and inside the file. */
  public ByteRange within(long size) {
    long start = kind == Kind.LAST ? Math.max(0, size - offset) : Math.min(offset, size);
    return new ByteRange(Kind.START, start, Math.min(length, size - start));
  }
}
