package io.diskmap.smb.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Puts compounds together into frames: headers, bodies, and the protection over them. Thread-safe.
 */
final class Frames {
  static final int STATUS = 8;
  static final int CREDITS = 14;
  static final int NEXT = 20;
  static final int MESSAGE_ID = 24;

  private static final int FLAGS = 16;
  private static final int ASYNC = 2;
  private static final int RELATED = 4;
  private static final int PROTOCOL = 0x424D53FE;
  private static final int LENGTH_BYTES = 4;
  private static final int SINGLE_CREDIT = 64 * 1024;

  private final FrameBuffers buffers;
  private final Login.Ready session;
  private final boolean tellsCharge;
  private volatile int tree;

  Frames(FrameBuffers buffers, Login.Ready session) {
    this.buffers = buffers;
    this.session = session;
    this.tellsCharge = !session.dialect().equals("2.0.2");
  }

  /** Everything from now on is for this share. */
  void tree(int id) {
    tree = id;
  }

  /** How many credits a request costs. */
  int charge(Request<?> request) {
    return session.multiCredit() ? Math.max(0, request.payload() - 1) / SINGLE_CREDIT + 1 : 1;
  }

  /** The account of a compound. */
  Exchange exchange(Request<?>... compound) {
    int credits = 0;
    long payload = 0;
    for (Request<?> each : compound) {
      credits += charge(each);
      payload += each.payload();
    }
    return new Exchange(List.of(compound), credits, payload);
  }

  /** A frame that is ready to go, its length before it. */
  ByteBuffer frame(Seal seal, long firstId, int wantedCredits, Request<?>... compound)
      throws IOException {
    int start = LENGTH_BYTES + seal.headroom();
    int[] starts = new int[compound.length];
    int end = start;
    for (int i = 0; i < compound.length; i++) {
      starts[i] = end;
      end += Request.HEADER + compound[i].length();
      if (i < compound.length - 1) {
        end = start + (end - start + 7) / 8 * 8;
      }
    }
    ByteBuffer frame = buffers.take(end);
    boolean complete = false;
    try {
      long id = firstId;
      for (int i = 0; i < compound.length; i++) {
        int next = i + 1 < compound.length ? starts[i + 1] - starts[i] : 0;
        int wanted = i == 0 ? wantedCredits : 0;
        boolean related = i > 0 && compound[0] instanceof Create;
        frame.position(starts[i]);
        header(frame, compound[i], id, wanted, next, related ? RELATED : 0);
        compound[i].encode(frame);
        pad(frame, next == 0 ? end : starts[i + 1]);
        id += charge(compound[i]);
      }
      seal.seal(frame, start, starts);
      frame.putInt(0, Integer.reverseBytes(end - LENGTH_BYTES));
      complete = true;
      return frame.position(0).limit(end);
    } finally {
      if (!complete) {
        buffers.giveBack(frame);
      }
    }
  }

  private void header(
      ByteBuffer out, Request<?> request, long id, int wanted, int next, int flags) {
    int charge = charge(request);
    out.putInt(PROTOCOL).putShort((short) Request.HEADER);
    out.putShort((short) (tellsCharge ? charge : 0)).putInt(0);
    out.putShort((short) request.command().code()).putShort((short) (charge + wanted));
    out.putInt(flags).putInt(next).putLong(id).putInt(0).putInt(tree);
    out.putLong(session.sessionId()).putLong(0).putLong(0);
  }

  private static void pad(ByteBuffer out, int to) {
    while (out.position() < to) {
      out.put((byte) 0);
    }
  }

  void giveBack(ByteBuffer frame) {
    buffers.giveBack(frame);
  }

  static boolean isAsync(ByteBuffer message) {
    return (message.getInt(FLAGS) & ASYNC) != 0;
  }
}
