package io.diskmap.nfs.xdr;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes values in the order of their calls. For one thread.
 *
 * <p>Every length is checked against a limit and against the bytes that are there before anything
 * is allocated; whatever does not fit ends in an {@link XdrException}.
 */
public final class XdrReader {
  private final ByteBuffer in;

  /** Reads from the buffer's position to its limit. */
  public XdrReader(ByteBuffer in) {
    this.in = in;
  }

  /** A 32-bit integer. */
  public int int32() throws XdrException {
    need(4);
    return in.getInt();
  }

  /** An unsigned 32-bit integer. */
  public long uint32() throws XdrException {
    return int32() & 0xFFFFFFFFL;
  }

  /** A 64-bit integer. */
  public long int64() throws XdrException {
    need(8);
    return in.getLong();
  }

  /** A boolean. */
  public boolean bool() throws XdrException {
    int value = int32();
    if (value != 0 && value != 1) {
      throw new XdrException("a boolean is " + value);
    }
    return value == 1;
  }

  /** Opaque bytes of a length that both sides know. */
  public byte[] fixed(int length) throws XdrException {
    int padded = padded(length);
    need(padded);
    byte[] value = new byte[length];
    in.get(value);
    in.position(in.position() + padded - length);
    return value;
  }

  /** Opaque bytes after their length, at most this many. */
  public byte[] opaque(int most) throws XdrException {
    return fixed(length(most));
  }

  /** Opaque bytes after their length, as a view of the reader's buffer. */
  public ByteBuffer view(int most) throws XdrException {
    int length = length(most);
    int padded = padded(length);
    need(padded);
    ByteBuffer value = in.slice(in.position(), length);
    in.position(in.position() + padded);
    return value;
  }

  /** A text after its length, at most this many bytes; what is no UTF-8 becomes U+FFFD. */
  public String text(int most) throws XdrException {
    return new String(opaque(most), StandardCharsets.UTF_8);
  }

  /** The length of an array whose elements take at least this many bytes each. */
  public int count(int most, int elementBytes) throws XdrException {
    int count = length(most);
    need((long) count * elementBytes);
    return count;
  }

  /** An array of integers after its length. */
  public int[] ints(int most) throws XdrException {
    int[] values = new int[count(most, 4)];
    for (int i = 0; i < values.length; i++) {
      values[i] = int32();
    }
    return values;
  }

  /** Passes over opaque bytes after their length. */
  public void skipOpaque(int most) throws XdrException {
    int padded = padded(length(most));
    need(padded);
    in.position(in.position() + padded);
  }

  /** Passes over this many bytes. */
  public void skip(int length) throws XdrException {
    need(length);
    in.position(in.position() + length);
  }

  /** How many bytes are left. */
  public int remaining() {
    return in.remaining();
  }

  /** A length that is at most this. */
  public int length(int most) throws XdrException {
    int length = int32();
    if (length < 0 || length > most) {
      throw new XdrException(
          "a length is " + (length & 0xFFFFFFFFL) + " where at most " + most + " is allowed");
    }
    return length;
  }

  @Override
  public String toString() {
    return "XdrReader" + Arrays.asList(in.position(), in.limit());
  }

  private void need(long bytes) throws XdrException {
    if (in.remaining() < bytes) {
      throw new XdrException("the message ends " + (bytes - in.remaining()) + " bytes too early");
    }
  }

  private static int padded(int length) throws XdrException {
    if (length < 0 || length > Integer.MAX_VALUE - 3) {
      throw new XdrException("a length is " + length);
    }
    return length + 3 & ~3;
  }
}
