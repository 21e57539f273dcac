package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

/** Encrypts and authenticates whole messages. Thread-safe. */
interface BlockCipher {
  int TAG = 16;

  int nonceLength();

  /** Encrypts what remains in the buffer in place, and answers the tag. */
  byte[] encrypt(byte[] nonce, byte[] header, ByteBuffer text) throws GeneralSecurityException;

  /**
   * Decrypts a message.
   *
   * @param text the message at {@code offset}, its tag behind it
   * @param length of the message alone
   * @param plain takes the message
   */
  void decrypt(byte[] nonce, byte[] header, byte[] text, int offset, int length, byte[] plain)
      throws GeneralSecurityException;

  String name();
}
