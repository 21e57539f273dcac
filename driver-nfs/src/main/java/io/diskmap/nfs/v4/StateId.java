package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;

/** The server's name of an open file's state. Immutable; the array is never handed out. */
public final class StateId {
  /** What the operation before it in the same compound opened. */
  public static final StateId CURRENT = new StateId(1, new byte[12]);

  /** No open file at all. */
  public static final StateId NONE = new StateId(0, new byte[12]);

  private final int sequence;
  private final byte[] other;

  private StateId(int sequence, byte[] other) {
    this.sequence = sequence;
    this.other = other;
  }

  /** Reads one and keeps it so that it stands for its latest sequence. */
  static StateId read(XdrReader in) throws XdrException {
    in.int32();
    return new StateId(0, in.fixed(12));
  }

  void write(XdrWriter out) {
    out.int32(sequence).fixed(other);
  }
}
