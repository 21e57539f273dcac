package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the server told about a file or itself: of the attributes asked for, those that it supports.
 * Immutable.
 */
public final class Attributes {
  private static final int MAX_WORDS = 8;
  private static final int MAX_BYTES = 64 * 1024;
  private static final int MAX_TEXT = 1024;
  private static final int SECOND = 1_000_000_000;

  private final Map<Integer, Long> numbers = new HashMap<>();
  private final Map<Integer, Instant> times = new HashMap<>();

  private Attributes() {}

  /** Reads a bitmap and the values that it announces. */
  static Attributes read(XdrReader in) throws XdrException {
    int[] words = in.ints(MAX_WORDS);
    ByteBuffer values = in.view(MAX_BYTES);
    XdrReader reader = new XdrReader(values);
    Attributes attributes = new Attributes();
    for (int i = 0; i < words.length * 32; i++) {
      if ((words[i / 32] >>> i % 32 & 1) != 0) {
        attributes.readOne(i, reader);
      }
    }
    return attributes;
  }

  private void readOne(int attribute, XdrReader in) throws XdrException {
    switch (attribute) {
      case Attr.TYPE, Attr.LEASE_TIME, Attr.RDATTR_ERROR, Attr.MAXNAME, Attr.MODE, Attr.NUMLINKS ->
          numbers.put(attribute, in.uint32());
      case Attr.CHANGE, Attr.SIZE, Attr.FILEID, Attr.MAXREAD, Attr.MAXWRITE, Attr.SPACE_AVAIL ->
          numbers.put(attribute, in.int64());
      case Attr.TIME_DELTA, Attr.TIME_METADATA, Attr.TIME_MODIFY -> times.put(attribute, time(in));
      case Attr.OWNER_GROUP -> in.skipOpaque(MAX_TEXT);
      default -> throw new XdrException("attribute " + attribute + " was not asked for");
    }
  }

  private static Instant time(XdrReader in) throws XdrException {
    long seconds = in.int64();
    int nanos = in.int32();
    if (nanos < 0 || nanos >= SECOND) {
      throw new XdrException("a time has " + nanos + " nanoseconds");
    }
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (DateTimeException e) {
      throw new XdrException("a time has " + seconds + " seconds");
    }
  }

  /** What it is; OTHER where the server does not tell. */
  public FileKind kind() {
    return FileKind.of(numbers.getOrDefault(Attr.TYPE, 0L).intValue());
  }

  /** The number that moves with every change of content or attributes. */
  public long change() {
    return numbers.getOrDefault(Attr.CHANGE, 0L);
  }

  /** How many bytes a file has. */
  public long size() {
    return Math.max(0, numbers.getOrDefault(Attr.SIZE, 0L));
  }

  /** The number of the file in its file system. */
  public long fileId() {
    return numbers.getOrDefault(Attr.FILEID, 0L);
  }

  /** The permission bits, where the server tells them. */
  public OptionalLong mode() {
    return number(Attr.MODE);
  }

  /** How many names lead to the file. */
  public long links() {
    return numbers.getOrDefault(Attr.NUMLINKS, 1L);
  }

  /** When the content changed last. */
  public Instant modified() {
    return times.getOrDefault(Attr.TIME_MODIFY, Instant.EPOCH);
  }

  /** When content or attributes changed last; the same as {@link #modified} where untold. */
  public Instant changed() {
    return times.getOrDefault(Attr.TIME_METADATA, modified());
  }

  /** The smallest difference between two of the server's times, where it tells. */
  public Optional<Duration> timeDelta() {
    return Optional.ofNullable(times.get(Attr.TIME_DELTA))
        .map(delta -> Duration.between(Instant.EPOCH, delta));
  }

  /** How many seconds a lease lasts. */
  public OptionalLong leaseSeconds() {
    return number(Attr.LEASE_TIME);
  }

  /** The most bytes of one READ. */
  public OptionalLong maxRead() {
    return number(Attr.MAXREAD);
  }

  /** The most bytes of one WRITE. */
  public OptionalLong maxWrite() {
    return number(Attr.MAXWRITE);
  }

  /** The most bytes of one name. */
  public OptionalLong maxName() {
    return number(Attr.MAXNAME);
  }

  /** Whether the server could tell nothing about the entry. */
  public boolean isUnreadable() {
    return numbers.getOrDefault(Attr.RDATTR_ERROR, 0L) != 0;
  }

  private OptionalLong number(int attribute) {
    Long value = numbers.get(attribute);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
