package io.diskmap.smb.wire;

import java.io.IOException;

/** A request that the server answered with a failure. Immutable. */
public final class SmbStatusException extends IOException {
  private final String command;
  private final int status;

  /** The failure of a command, such as {@code CREATE}. */
  public SmbStatusException(String command, int status) {
    super(command + " answered " + NtStatus.name(status));
    this.command = command;
    this.status = status;
  }

  /** The command that failed. */
  String command() {
    return command;
  }

  /** The server's status. */
  public int status() {
    return status;
  }

  /** Whether the status is one of these. */
  public boolean isAny(int... statuses) {
    for (int each : statuses) {
      if (status == each) {
        return true;
      }
    }
    return false;
  }
}
