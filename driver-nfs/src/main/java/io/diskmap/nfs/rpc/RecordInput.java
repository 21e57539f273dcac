package io.diskmap.nfs.rpc;

import io.diskmap.nfs.xdr.XdrException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes records from the fragments of a byte stream (RFC 5531, section 11). For one thread.
 *
 * <p>A record's length is known only at its last fragment, so a reader asks for bytes until the
 * record ends.
 */
final class RecordInput {
  private static final int BUFFER = 16 * 1024;
  private static final int DIRECT = 4 * 1024;

  /** Gives at least one byte, or throws. */
  @FunctionalInterface
  interface Source {
    void read(ByteBuffer target) throws IOException;
  }

  private final Source source;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).limit(0);
  private int inFragment;
  private boolean last = true;

  RecordInput(Source source) {
    this.source = source;
  }

  /** Begins the next record. */
  void next() throws IOException {
    readMark();
  }

  /** How many bytes of the record are known to come; a further fragment may bring more. */
  int announced() {
    return inFragment;
  }

  /** Reads until the target is full or the record ends; false at the end of the record. */
  boolean fill(ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (inFragment == 0) {
        if (last) {
          return false;
        }
        readMark();
        continue;
      }
      int count = Math.min(target.remaining(), inFragment);
      int limit = target.limit();
      int before = target.position();
      target.limit(before + count);
      if (!buffer.hasRemaining() && count >= DIRECT && target.isDirect()) {
        source.read(target);
      } else {
        copy(target);
      }
      inFragment -= target.position() - before;
      target.limit(limit);
    }
    return true;
  }

  /** Passes over the rest of the record, and says how many bytes that were, at most this many. */
  long skip(long most) throws IOException {
    ByteBuffer waste = ByteBuffer.allocate(BUFFER);
    long skipped = 0;
    boolean more = true;
    while (more) {
      waste.clear();
      more = fill(waste);
      skipped += waste.position();
      if (skipped > most) {
        throw new XdrException("a reply has more than " + most + " bytes");
      }
    }
    return skipped;
  }

  private void copy(ByteBuffer target) throws IOException {
    if (!buffer.hasRemaining()) {
      refill();
    }
    int count = Math.min(buffer.remaining(), target.remaining());
    target.put(buffer.slice(buffer.position(), count));
    buffer.position(buffer.position() + count);
  }

  private void refill() throws IOException {
    buffer.clear();
    source.read(buffer);
    buffer.flip();
  }

  private void readMark() throws IOException {
    int mark = 0;
    for (int i = 0; i < 4; i++) {
      if (!buffer.hasRemaining()) {
        refill();
      }
      mark = mark << 8 | buffer.get() & 0xFF;
    }
    last = mark < 0;
    inFragment = mark & Integer.MAX_VALUE;
  }
}
