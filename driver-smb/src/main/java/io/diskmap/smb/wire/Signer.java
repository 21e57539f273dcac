package io.diskmap.smb.wire;

import java.security.GeneralSecurityException;

/** Computes the signatures of messages, one at a time. For one thread. */
interface Signer {
  int LENGTH = 16;

  /**
   * Begins with a message.
   *
   * @param messageId of the message
   * @param isAnswer whether the server sends it
   */
  default void begin(long messageId, boolean isAnswer) throws GeneralSecurityException {}

  void update(byte[] data, int offset, int length) throws GeneralSecurityException;

  /** The first 16 bytes of the code; afterwards the next message begins. */
  byte[] finish() throws GeneralSecurityException;
}
