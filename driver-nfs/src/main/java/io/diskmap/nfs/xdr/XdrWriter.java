package io.diskmap.nfs.xdr;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes values in the order of their calls. For one thread.
 *
 * <p>A large payload is not copied: it becomes a part of its own between the encoded bytes, for a
 * gathering write.
 */
public final class XdrWriter {
  private static final int COPIED_PAYLOAD = 512;

  private final List<ByteBuffer> done = new ArrayList<>();
  private byte[] bytes = new byte[256];
  private int start;
  private int end;

  /** A signed or unsigned 32-bit integer. */
  public XdrWriter int32(int value) {
    room(4);
    bytes[end++] = (byte) (value >>> 24);
    bytes[end++] = (byte) (value >>> 16);
    bytes[end++] = (byte) (value >>> 8);
    bytes[end++] = (byte) value;
    return this;
  }

  /** A signed or unsigned 64-bit integer. */
  public XdrWriter int64(long value) {
    return int32((int) (value >>> 32)).int32((int) value);
  }

  /** A boolean. */
  public XdrWriter bool(boolean value) {
    return int32(value ? 1 : 0);
  }

  /** Opaque bytes of a length that both sides know. */
  public XdrWriter fixed(byte[] value) {
    room(value.length + 3);
    System.arraycopy(value, 0, bytes, end, value.length);
    end += value.length;
    return pad(value.length);
  }

  /** Opaque bytes after their length. */
  public XdrWriter opaque(byte[] value) {
    return int32(value.length).fixed(value);
  }

  /** A text as UTF-8 after its length. */
  public XdrWriter text(String value) {
    return opaque(value.getBytes(StandardCharsets.UTF_8));
  }

  /** An array of integers after its length. */
  public XdrWriter ints(int... values) {
    int32(values.length);
    for (int value : values) {
      int32(value);
    }
    return this;
  }

  /** Opaque bytes after their length; the buffer must stay as it is until they are sent. */
  public XdrWriter payload(ByteBuffer value) {
    int length = value.remaining();
    int32(length);
    if (length <= COPIED_PAYLOAD) {
      room(length + 3);
      value.duplicate().get(bytes, end, length);
      end += length;
    } else {
      cut();
      done.add(value.duplicate());
    }
    return pad(length);
  }

  /** Where the next value goes, for {@link #patch}. */
  public int mark() {
    if (!done.isEmpty()) {
      throw new IllegalStateException("values before a payload are sealed");
    }
    return end;
  }

  /** Replaces an integer at a mark. */
  public void patch(int mark, int value) {
    byte[] head = done.isEmpty() ? bytes : done.get(0).array();
    ByteBuffer.wrap(head).putInt(mark, value);
  }

  /** How many bytes there are. */
  public int length() {
    return done.stream().mapToInt(ByteBuffer::remaining).sum() + end - start;
  }

  /** All parts, in order; the writer ends with it. */
  public List<ByteBuffer> parts() {
    cut();
    return done;
  }

  /** All bytes in one array. */
  public byte[] toByteArray() {
    ByteBuffer all = ByteBuffer.allocate(length());
    parts().forEach(part -> all.put(part.duplicate()));
    return all.array();
  }

  private void cut() {
    if (end > start) {
      done.add(ByteBuffer.wrap(bytes, start, end - start));
    }
    bytes = new byte[64];
    start = 0;
    end = 0;
  }

  private XdrWriter pad(int length) {
    room(3);
    for (int i = length; (i & 3) != 0; i++) {
      bytes[end++] = 0;
    }
    return this;
  }

  private void room(int more) {
    if (end + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end + more, bytes.length * 2));
    }
  }
}
