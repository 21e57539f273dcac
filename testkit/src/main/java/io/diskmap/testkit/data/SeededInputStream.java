package io.diskmap.testkit.data;

import java.io.InputStream;
import java.util.Objects;

/**
 * A stream of seeded content, at any speed the reader likes, without a copy of it anywhere. For one
 * thread.
 */
public final class SeededInputStream extends InputStream {
  private final SeededBytes bytes;
  private final long end;
  private long position;
  private long mark;

  /** The bytes of a sequence from one offset up to another. */
  public SeededInputStream(SeededBytes bytes, long from, long end) {
    if (from < 0 || end < from) {
      throw new IllegalArgumentException("no range: " + from + " to " + end);
    }
    this.bytes = bytes;
    this.position = from;
    this.mark = from;
    this.end = end;
  }

  @Override
  public int read() {
    return position == end ? -1 : bytes.at(position++) & 0xFF;
  }

  @Override
  public int read(byte[] target, int from, int length) {
    Objects.checkFromIndexSize(from, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == end) {
      return -1;
    }
    int count = (int) Math.min(length, end - position);
    bytes.fill(position, target, from, count);
    position += count;
    return count;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.max(0, Math.min(count, end - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - position);
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public void mark(int readLimit) {
    mark = position;
  }

  @Override
  public void reset() {
    position = mark;
  }
}
