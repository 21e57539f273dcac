package io.diskmap.smb.wire;

import java.io.IOException;

/** A request that the server did not answer in time; it may have happened. Immutable. */
public final class NoAnswerException extends IOException {
  /** What was waited for. */
  public NoAnswerException(String message) {
    super(message);
  }
}
