package io.diskmap.smb.wire;

import java.security.GeneralSecurityException;

/** Computes the signatures of messages, one at a time. For one thread. */
interface Signer {
  int LENGTH = 16;

  void update(byte[] data, int offset, int length) throws GeneralSecurityException;

  /** The first 16 bytes of the code; afterwards the next message begins. */
  byte[] finish() throws GeneralSecurityException;
}
