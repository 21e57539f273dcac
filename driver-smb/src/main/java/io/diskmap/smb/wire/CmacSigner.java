package io.diskmap.smb.wire;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signatures of SMB 3: AES-128-CMAC (RFC 4493) over the platform's AES-CBC, which processors
 * have instructions for. For one thread.
 *
 * <p>The last block is held back until the end, because a subkey goes into it. Data goes to the
 * cipher in slices of a kilobyte: small enough that a fresh process calls it often and has it
 * compiled soon.
 */
final class CmacSigner implements Signer {
  private static final int BLOCK = 16;
  private static final int SLICE = 1024;

  private final Cipher cipher;
  private final byte[] whole;
  private final byte[] padded;
  private final byte[] last = new byte[BLOCK];
  private final byte[] scratch = new byte[SLICE];
  private int held;

  CmacSigner(byte[] key) throws GeneralSecurityException {
    SecretKeySpec aes = new SecretKeySpec(key, "AES");
    Cipher plain = Cipher.getInstance("AES/ECB/NoPadding");
    plain.init(Cipher.ENCRYPT_MODE, aes);
    this.whole = twice(plain.doFinal(new byte[BLOCK]));
    this.padded = twice(whole);
    this.cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, aes, new IvParameterSpec(new byte[BLOCK]));
  }

  /** Doubles an element of the field that CMAC reckons in. */
  private static byte[] twice(byte[] value) {
    byte[] result = new byte[BLOCK];
    int carry = 0;
    for (int i = BLOCK - 1; i >= 0; i--) {
      int shifted = (value[i] & 0xFF) << 1 | carry;
      result[i] = (byte) shifted;
      carry = shifted >>> 8;
    }
    result[BLOCK - 1] ^= (byte) (carry * 0x87);
    return result;
  }

  @Override
  public void update(byte[] data, int offset, int length) throws GeneralSecurityException {
    int at = offset;
    int left = length;
    if (held > 0) {
      int count = Math.min(BLOCK - held, left);
      System.arraycopy(data, at, last, held, count);
      held += count;
      at += count;
      left -= count;
      if (left == 0) {
        return;
      }
      cipher.update(last, 0, BLOCK, scratch, 0);
      held = 0;
    }
    int blocks = (left - 1) / BLOCK * BLOCK;
    while (blocks > 0) {
      int count = Math.min(SLICE, blocks);
      cipher.update(data, at, count, scratch, 0);
      at += count;
      left -= count;
      blocks -= count;
    }
    System.arraycopy(data, at, last, 0, left);
    held = left;
  }

  @Override
  public byte[] finish() throws GeneralSecurityException {
    byte[] subkey = whole;
    if (held < BLOCK) {
      last[held] = (byte) 0x80;
      java.util.Arrays.fill(last, held + 1, BLOCK, (byte) 0);
      subkey = padded;
    }
    for (int i = 0; i < BLOCK; i++) {
      last[i] ^= subkey[i];
    }
    held = 0;
    return cipher.doFinal(last);
  }
}
