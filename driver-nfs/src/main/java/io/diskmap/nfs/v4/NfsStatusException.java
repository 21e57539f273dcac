package io.diskmap.nfs.v4;

import java.io.IOException;

/**
 * An operation that the server refused. Any thread may see it.
 *
 * <p>The operations of the compound before it were executed, those after it were not.
 */
public final class NfsStatusException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int op;
  private final boolean afterChange;

  /** A refusal; whether an operation before it in the same compound changed something. */
  public NfsStatusException(int status, int op, boolean afterChange) {
    super(Op.name(op) + " ended with " + Status.name(status));
    this.status = status;
    this.op = op;
    this.afterChange = afterChange;
  }

  /** The status, as {@link Status} lists them. */
  public int status() {
    return status;
  }

  /** Whether it is one of these. */
  public boolean isAny(int... statuses) {
    for (int each : statuses) {
      if (each == status) {
        return true;
      }
    }
    return false;
  }

  /** The operation. */
  public String operation() {
    return Op.name(op);
  }

  /** Whether an operation before it in the same compound changed something. */
  public boolean isAfterChange() {
    return afterChange;
  }
}
